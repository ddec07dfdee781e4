package dev.warren.containerd.internal.registry;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.warren.SandboxException.Code;
import dev.warren.containerd.internal.manifest.MalformedImage;
import dev.warren.containerd.internal.registry.HttpTransport.Request;
import dev.warren.engine.internal.login.Login;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.StringJoiner;
import org.jspecify.annotations.Nullable;

/**
 * Answers a server's challenges for one repository: fetches access tokens, or logs in directly, and
 * remembers what worked. Thread-safe; concurrent requests share one token.
 */
final class Authorizer {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int MAX_TOKEN_BYTES = 1 << 20;

  /** Where a login comes from, when one is asked for. */
  interface LoginSource {
    Optional<Login> find() throws InterruptedException;
  }

  private final HttpTransport transport;
  private final RegistrySettings settings;
  private final Endpoint endpoint;
  private final String scope;
  private final LoginSource logins;
  private @Nullable String header;

  Authorizer(
      HttpTransport transport,
      RegistrySettings settings,
      Endpoint endpoint,
      String repository,
      LoginSource logins) {
    this.transport = transport;
    this.settings = settings;
    this.endpoint = endpoint;
    this.scope = "repository:" + repository + ":pull";
    this.logins = logins;
  }

  /** What worked last. */
  synchronized Optional<String> current() {
    return Optional.ofNullable(header);
  }

  /**
   * A new {@code Authorization} for the challenges.
   *
   * @param refused what was sent and refused
   * @return empty where there is nothing better to send
   */
  synchronized Optional<String> answer(List<Challenge> challenges, Optional<String> refused)
      throws IOException, InterruptedException {
    if (header != null && !refused.equals(Optional.of(header))) {
      return Optional.of(header);
    }
    Optional<Challenge> bearer = Challenge.find(challenges, "bearer");
    if (bearer.isPresent()) {
      header = "Bearer " + fetchToken(bearer.get());
      return Optional.of(header);
    }
    if (Challenge.find(challenges, "basic").isPresent() && refused.isEmpty()) {
      Optional<Login> login = logins.find().filter(found -> !found.identityToken());
      login.ifPresent(found -> header = found.basicHeader());
      return login.map(Login::basicHeader);
    }
    return Optional.empty();
  }

  private String fetchToken(Challenge challenge) throws IOException, InterruptedException {
    URI realm = realm(challenge);
    Optional<Login> login = logins.find();
    String scopes = challenge.parameter("scope").orElse(scope);
    StringJoiner query = new StringJoiner("&");
    challenge.parameter("service").ifPresent(service -> query.add(pair("service", service)));
    query.add(pair("scope", scopes));
    HttpResponse<InputStream> answer;
    if (login.isPresent() && login.get().identityToken()) {
      query.add(pair("grant_type", "refresh_token"));
      query.add(pair("client_id", "warren"));
      query.add(pair("refresh_token", login.get().secret()));
      answer = transport.post(realm, query.toString());
    } else {
      String separator = realm.getRawQuery() == null ? "?" : "&";
      URI uri = URI.create(realm + separator + query);
      answer = transport.send(Request.get(uri, Map.of()), login.map(Login::basicHeader));
    }
    if (answer.statusCode() / 100 != 2) {
      throw EndpointClient.failure(answer);
    }
    return readToken(answer);
  }

  private static String readToken(HttpResponse<InputStream> answer) throws IOException {
    try (InputStream body = answer.body()) {
      JsonNode root = JSON.readTree(body.readNBytes(MAX_TOKEN_BYTES));
      String token = root.path("token").asText(root.path("access_token").asText(""));
      if (!token.isEmpty() && token.chars().allMatch(c -> c > ' ' && c < 0x7f)) {
        return token;
      }
    } catch (com.fasterxml.jackson.core.JacksonException e) {
      // Its message quotes the answer, which may be a token; so it is not kept.
    }
    throw new MalformedImage(Code.UNAVAILABLE, "the registry's login service sent no token");
  }

  /** A login goes to the realm, so the realm must be as safe as the registry. */
  private URI realm(Challenge challenge) throws IOException {
    String text = challenge.parameter("realm").orElse("");
    try {
      URI realm = URI.create(text);
      boolean plain = "http".equals(realm.getScheme());
      boolean allowed =
          plain
              ? endpoint.isPlain() && Endpoint.allowsPlain(realm.getRawAuthority(), settings)
              : "https".equals(realm.getScheme());
      if (realm.getHost() != null && allowed) {
        return realm;
      }
    } catch (IllegalArgumentException e) {
      // Falls through: it is no address.
    }
    throw new RefusedRedirect("the registry names a login service that is not safe to use");
  }

  private static String pair(String name, String value) {
    return name + "=" + URLEncoder.encode(value, StandardCharsets.UTF_8);
  }
}
