package dev.warren.docker.internal.image;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.warren.PullOptions.Credentials;
import dev.warren.docker.internal.client.DockerErrors;
import dev.warren.engine.internal.login.DockerLogins;
import dev.warren.engine.internal.login.Login;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;

/**
 * The logins that go with a request to the engine, which has none of its own. Given credentials are
 * for the registry itself; a mirror gets only what the Docker configuration has for it.
 * Thread-safe.
 */
final class RegistryLogins {
  private static final String HEADER = "X-Registry-Auth";

  private final DockerLogins configured;

  RegistryLogins(DockerLogins configured) {
    this.configured = configured;
  }

  /** The headers for a request about an image; none where there is no login. */
  Map<String, String> headers(String operation, PullSource source, Optional<Credentials> given) {
    String registry = source.name().registry();
    try {
      Optional<Login> login =
          given.isPresent() && !source.mirror() ? given.map(Login::of) : configured.find(registry);
      return login.map(found -> Map.of(HEADER, encoded(found, registry))).orElse(Map.of());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw DockerErrors.map(operation, source.name().toString(), e);
    }
  }

  private static String encoded(Login login, String registry) {
    ObjectNode fields = new ObjectMapper().createObjectNode();
    if (login.identityToken()) {
      fields.put("identitytoken", login.secret());
    } else {
      fields.put("username", login.user()).put("password", login.secret());
    }
    fields.put("serveraddress", registry);
    return Base64.getUrlEncoder()
        .encodeToString(fields.toString().getBytes(StandardCharsets.UTF_8));
  }
}
