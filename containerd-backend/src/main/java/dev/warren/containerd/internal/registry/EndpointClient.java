package dev.warren.containerd.internal.registry;

import dev.warren.containerd.internal.registry.HttpTransport.Request;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** One repository at one endpoint, logged in as needed. Thread-safe. */
final class EndpointClient {
  private static final int ERROR_TEXT_BYTES = 2048;
  private static final int ERROR_TEXT_SHOWN = 200;

  private final Endpoint endpoint;
  private final String repository;
  private final HttpTransport transport;
  private final Authorizer authorizer;

  EndpointClient(
      Endpoint endpoint, String repository, HttpTransport transport, Authorizer authorizer) {
    this.endpoint = endpoint;
    this.repository = repository;
    this.transport = transport;
    this.authorizer = authorizer;
  }

  boolean isMirror() {
    return endpoint.mirror();
  }

  /** Makes a request below the repository; anything but success is a {@link RegistryFailure}. */
  HttpResponse<InputStream> request(String method, String path, Map<String, String> headers)
      throws IOException, InterruptedException {
    URI uri = endpoint.at(repository + "/" + path);
    Request request = new Request(method, uri, headers);
    Optional<String> authorization = authorizer.current();
    HttpResponse<InputStream> answer = transport.send(request, authorization);
    // A content network that answers 401 is none of our login's business.
    if (answer.statusCode() == 401 && HttpTransport.sameServer(answer.uri(), uri)) {
      List<Challenge> challenges = Challenge.parse(answer.headers().allValues("WWW-Authenticate"));
      Optional<String> renewed = authorizer.answer(challenges, authorization);
      if (renewed.isPresent()) {
        HttpTransport.discard(answer);
        answer = transport.send(request, renewed);
      }
    }
    if (answer.statusCode() / 100 != 2) {
      throw failure(answer);
    }
    return answer;
  }

  static RegistryFailure failure(HttpResponse<InputStream> answer) {
    String text;
    try (InputStream body = answer.body()) {
      text = new String(body.readNBytes(ERROR_TEXT_BYTES), StandardCharsets.UTF_8);
    } catch (IOException e) {
      text = "";
    }
    text = text.replaceAll("[\\s\\p{Cntrl}]+", " ").strip();
    return new RegistryFailure(
        answer.statusCode(),
        answer.headers().firstValue("Retry-After").flatMap(EndpointClient::seconds),
        text.substring(0, Math.min(text.length(), ERROR_TEXT_SHOWN)));
  }

  private static Optional<Duration> seconds(String header) {
    // The other form, a date, is rare; the usual pause does for it.
    return header.matches("\\d{1,6}")
        ? Optional.of(Duration.ofSeconds(Long.parseLong(header)))
        : Optional.empty();
  }
}
