package dev.warren.docker.internal.client;

import dev.warren.docker.internal.client.Endpoint.TlsFiles;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/** Where the Docker command line would look: {@code DOCKER_HOST} and what belongs to it. */
public final class EngineAddress {
  private static final String STANDARD = "unix:///var/run/docker.sock";

  private EngineAddress() {}

  /** {@code DOCKER_HOST}, else the standard socket. Contexts of the command line are not read. */
  public static String of(Map<String, String> environment) {
    String host = environment.getOrDefault("DOCKER_HOST", "").strip();
    return host.isEmpty() ? STANDARD : host;
  }

  /**
   * The files of {@code DOCKER_CERT_PATH}, else of {@code ~/.docker}, where {@code
   * DOCKER_TLS_VERIFY} is set and the address is TCP.
   */
  public static Optional<TlsFiles> tlsOf(Map<String, String> environment) {
    if (environment.getOrDefault("DOCKER_TLS_VERIFY", "").isEmpty()
        || of(environment).startsWith("unix:")) {
      return Optional.empty();
    }
    String named = environment.getOrDefault("DOCKER_CERT_PATH", "");
    Path directory =
        named.isEmpty() ? Path.of(System.getProperty("user.home"), ".docker") : Path.of(named);
    return Optional.of(
        new TlsFiles(
            directory.resolve("ca.pem"),
            directory.resolve("cert.pem"),
            directory.resolve("key.pem")));
  }
}
