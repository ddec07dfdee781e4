package dev.warren.containerd.internal.registry;

import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.URI;
import java.net.UnknownHostException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.channels.UnresolvedAddressException;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/**
 * Sends requests and follows redirects. A redirect to another host goes without the caller's {@code
 * Authorization}: content networks are strangers. Thread-safe.
 */
final class HttpTransport {
  private static final int MAX_HOPS = 6;
  private static final int SHORT_BODY = 4096;

  private final RegistrySettings settings;
  private final Optional<SSLContext> trust;

  /** Made with the first request: it costs more than the rest of a runtime's start. */
  private @Nullable HttpClient http;

  HttpTransport(RegistrySettings settings) {
    this.settings = settings;
    this.trust = settings.extraCa().map(TrustedAuthorities::with);
  }

  private synchronized HttpClient http() {
    if (http == null) {
      HttpClient.Builder builder =
          HttpClient.newBuilder()
              // One connection for each layer is simpler than streams that share one.
              .version(HttpClient.Version.HTTP_1_1)
              .followRedirects(HttpClient.Redirect.NEVER)
              .connectTimeout(settings.connectTimeout());
      trust.ifPresent(builder::sslContext);
      http = builder.build();
    }
    return http;
  }

  /** A request that can be repeated; its {@code Authorization} is given apart. */
  record Request(String method, URI uri, Map<String, String> headers) {
    static Request get(URI uri, Map<String, String> headers) {
      return new Request("GET", uri, headers);
    }
  }

  /** The answer, whatever its status; its body is to be closed. */
  HttpResponse<InputStream> send(Request request, Optional<String> authorization)
      throws IOException, InterruptedException {
    URI at = request.uri();
    for (int hop = 0; hop < MAX_HOPS; hop++) {
      HttpRequest.Builder builder =
          HttpRequest.newBuilder(at)
              .method(request.method(), HttpRequest.BodyPublishers.noBody())
              .timeout(settings.idleTimeout());
      request.headers().forEach(builder::header);
      if (sameServer(at, request.uri())) {
        authorization.ifPresent(value -> builder.header("Authorization", value));
      }
      HttpResponse<InputStream> answer = exchange(builder.build());
      Optional<String> location = answer.headers().firstValue("Location");
      if (!isRedirect(answer.statusCode()) || location.isEmpty()) {
        return answer;
      }
      discard(answer);
      at = target(at, location.get());
    }
    throw new RefusedRedirect("the registry redirects without an end");
  }

  /** Sends a form; redirects are not followed, because the form holds a secret. */
  HttpResponse<InputStream> post(URI uri, String form) throws IOException, InterruptedException {
    return exchange(
        HttpRequest.newBuilder(uri)
            .header("Content-Type", "application/x-www-form-urlencoded")
            .POST(HttpRequest.BodyPublishers.ofString(form))
            .timeout(settings.idleTimeout())
            .build());
  }

  /** Reads a short body to its end, so that the connection can be used again. */
  static void discard(HttpResponse<InputStream> answer) throws IOException {
    try (InputStream body = answer.body()) {
      body.readNBytes(SHORT_BODY);
    }
  }

  private HttpResponse<InputStream> exchange(HttpRequest request)
      throws IOException, InterruptedException {
    try {
      return http().send(request, head -> new BodyStream(settings.idleTimeout()));
    } catch (ConnectException e) {
      if (e.getCause() instanceof UnresolvedAddressException
          || (e.getCause() != null
              && e.getCause().getCause() instanceof UnresolvedAddressException)) {
        throw (IOException) new UnknownHostException(request.uri().getHost()).initCause(e);
      }
      throw e;
    }
  }

  private static URI target(URI from, String location) throws RefusedRedirect {
    URI to;
    try {
      to = from.resolve(location);
    } catch (IllegalArgumentException e) {
      throw new RefusedRedirect("the registry redirects to what is no address");
    }
    boolean plain = "http".equals(to.getScheme());
    if (to.getHost() == null || (!plain && !"https".equals(to.getScheme()))) {
      throw new RefusedRedirect("the registry redirects to what is no web address");
    }
    if (plain && !"http".equals(from.getScheme())) {
      throw new RefusedRedirect("the registry redirects from TLS to plain http");
    }
    return to;
  }

  private static boolean isRedirect(int status) {
    return status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
  }

  static boolean sameServer(URI one, URI other) {
    return Objects.equals(one.getScheme(), other.getScheme())
        && String.valueOf(one.getHost()).equalsIgnoreCase(String.valueOf(other.getHost()))
        && port(one) == port(other);
  }

  private static int port(URI uri) {
    if (uri.getPort() >= 0) {
      return uri.getPort();
    }
    return "http".equals(uri.getScheme()) ? 80 : 443;
  }
}
