package dev.warren.docker.internal.client;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.github.dockerjava.api.exception.DockerException;
import com.github.dockerjava.httpclient5.ApacheDockerHttpClient;
import com.github.dockerjava.transport.DockerHttpClient;
import com.github.dockerjava.transport.SSLConfig;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Carries requests. A connection serves one request: one that was kept and that the engine closed
 * meanwhile, at its restart, would fail a request that may not be repeated.
 */
final class EngineTransport implements DockerHttpClient {
  private static final ObjectMapper MAPPER = new ObjectMapper();
  private static final int ERROR_BYTES = 64 * 1024;
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

  /** Asks for a JSON document. */
  JsonNode json(String path) throws IOException {
    return json(Request.builder().method(Request.Method.GET).path(path).build());
  }

  /** Sends a request whose answer is a JSON document. */
  JsonNode json(Request request) throws IOException {
    try (Response response = execute(request)) {
      return MAPPER.readTree(checked(response).getBody().readAllBytes());
    }
  }

  /** Passes on an answer that says success. */
  static Response checked(Response response) throws IOException {
    if (response.getStatusCode() / 100 != 2) {
      String text = new String(response.getBody().readNBytes(ERROR_BYTES), StandardCharsets.UTF_8);
      throw new DockerException(text, response.getStatusCode());
    }
    return response;
  }

  @Override
  public void close() throws IOException {
    try (bounded) {
      endless.close();
    }
  }
}
