package dev.warren.engine.internal.login;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.warren.ImageRef;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The logins that the Docker command line keeps: in its file, or with a credential helper that the
 * file names. The file is read anew each time. What cannot be read counts as no login, with a
 * warning: an image that needs none can then still be pulled. Thread-safe.
 */
public final class DockerLogins {
  /** Learned from the rule for short names, so that it is written down in one place only. */
  public static final String DEFAULT_REGISTRY = ImageRef.parse("a:b").registry();

  private static final Logger log = LoggerFactory.getLogger(DockerLogins.class);
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Pattern HELPER = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]*");
  private static final int HELPER_SECONDS = 20;
  private static final int HELPER_ANSWER_BYTES = 1 << 20;

  private final Path file;

  public DockerLogins(Path file) {
    this.file = file;
  }

  /** The file of this process's user, whether it is there or not. */
  public static Path userFile() {
    String configured = System.getenv("DOCKER_CONFIG");
    Path directory =
        configured == null || configured.isBlank()
            ? Path.of(System.getProperty("user.home"), ".docker")
            : Path.of(configured);
    return directory.resolve("config.json");
  }

  /**
   * The login for a registry.
   *
   * @param host and port, as in an image's name
   */
  public Optional<Login> find(String host) throws InterruptedException {
    JsonNode config;
    try {
      config = JSON.readTree(Files.readAllBytes(file));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    } catch (IOException e) {
      log.warn("the Docker configuration cannot be read; pulling without its logins", e);
      return Optional.empty();
    }
    List<String> keys = keys(host);
    for (String key : keys) {
      String helper = config.path("credHelpers").path(key).asText("");
      if (!helper.isEmpty()) {
        return askHelper(helper, key);
      }
    }
    String store = config.path("credsStore").asText("");
    if (!store.isEmpty()) {
      for (String key : keys) {
        Optional<Login> login = askHelper(store, key);
        if (login.isPresent()) {
          return login;
        }
      }
    }
    return keys.stream()
        .flatMap(key -> fromEntry(config.path("auths").path(key)).stream())
        .findFirst();
  }

  /** The names a registry may be kept under; the default one has a historical name. */
  private static List<String> keys(String host) {
    return host.equals(DEFAULT_REGISTRY)
        ? List.of("https://index." + host + "/v1/", host)
        : List.of(host, "https://" + host, "https://" + host + "/v1/", "https://" + host + "/v2/");
  }

  private static Optional<Login> fromEntry(JsonNode entry) {
    String token = entry.path("identitytoken").asText("");
    if (!token.isEmpty()) {
      return Optional.of(new Login("", token, true));
    }
    String user = entry.path("username").asText("");
    if (!user.isEmpty()) {
      return Optional.of(Login.of(user, entry.path("password").asText("")));
    }
    try {
      byte[] pair = Base64.getDecoder().decode(entry.path("auth").asText(""));
      String text = new String(pair, StandardCharsets.UTF_8);
      int colon = text.indexOf(':');
      return colon <= 0
          ? Optional.empty()
          : Optional.of(Login.of(text.substring(0, colon), text.substring(colon + 1)));
    } catch (IllegalArgumentException e) {
      log.warn("the Docker configuration has a login that is not base64; leaving it out");
      return Optional.empty();
    }
  }

  private static Optional<Login> askHelper(String name, String key) throws InterruptedException {
    if (!HELPER.matcher(name).matches()) {
      log.warn("the Docker configuration names a credential helper that is no plain name");
      return Optional.empty();
    }
    Process helper = null;
    try {
      helper =
          new ProcessBuilder("docker-credential-" + name, "get")
              .redirectError(ProcessBuilder.Redirect.DISCARD)
              .start();
      try (OutputStream in = helper.getOutputStream()) {
        in.write(key.getBytes(StandardCharsets.UTF_8));
      }
      if (!helper.waitFor(HELPER_SECONDS, TimeUnit.SECONDS)) {
        log.warn("the credential helper {} does not answer; pulling without it", name);
        return Optional.empty();
      }
      if (helper.exitValue() != 0) {
        log.debug("the credential helper {} has no login for {}", name, key);
        return Optional.empty();
      }
      JsonNode answer = JSON.readTree(helper.getInputStream().readNBytes(HELPER_ANSWER_BYTES));
      String secret = answer.path("Secret").asText("");
      return secret.isEmpty()
          ? Optional.empty()
          : Optional.of(Login.of(answer.path("Username").asText(""), secret));
    } catch (IOException e) {
      // The exception may hold what the helper wrote, so it is not logged.
      log.warn("the credential helper {} failed; pulling without it", name);
      return Optional.empty();
    } finally {
      if (helper != null) {
        helper.destroyForcibly();
      }
    }
  }
}
