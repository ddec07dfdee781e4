package dev.warren.docker.internal.client;

import com.github.dockerjava.httpclient5.ApacheDockerHttpClient;
import com.github.dockerjava.transport.DockerHttpClient;
import com.github.dockerjava.transport.SSLConfig;
import java.io.IOException;
import java.time.Duration;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Carries requests. A connection serves one request: one that was kept and that the engine closed
 * meanwhile, at its restart, would fail a request that may not be repeated.
 */
final class EngineTransport implements DockerHttpClient {
  private static final Duration CONNECT = Duration.ofSeconds(10);

  /** Ends what a caller has given up on, on a connection whose other side is dead. */
  private static final Duration SILENCE = Duration.ofMinutes(10);

  /** Answers that may be silent for as long as they like. */
  private static final Pattern ENDLESS =
      Pattern.compile("^(/v[0-9.]+)?(/events|/containers/[^/]+/wait)([?].*)?$");

  private final DockerHttpClient bounded;
  private final DockerHttpClient endless;

  EngineTransport(Endpoint endpoint) {
    SSLConfig tls = endpoint.tls().map(TlsContext::of).orElse(null);
    this.bounded = client(endpoint, tls, SILENCE);
    this.endless = client(endpoint, tls, null);
  }

  private static DockerHttpClient client(
      Endpoint endpoint, @Nullable SSLConfig tls, @Nullable Duration silence) {
    return new ApacheDockerHttpClient.Builder()
        .dockerHost(endpoint.uri())
        .sslConfig(tls)
        .connectionTimeout(CONNECT)
        .responseTimeout(silence)
        .build();
  }

  @Override
  public Response execute(Request request) {
    Request single = Request.builder().from(request).putHeader("Connection", "close").build();
    return ENDLESS.matcher(request.path()).matches()
        ? endless.execute(single)
        : bounded.execute(single);
  }

  @Override
  public void close() throws IOException {
    try (bounded) {
      endless.close();
    }
  }
}
