package dev.warren.containerd.internal.registry;

import dev.warren.engine.internal.login.DockerLogins;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * How registries are reached.
 *
 * @param mirrors by registry, tried in their order before the registry itself; base addresses such
 *     as {@code https://mirror.example}
 * @param plainHttp hosts, with their port where they have one, that may be spoken to without TLS;
 *     loopback hosts always may
 * @param extraCa PEM file of certificates to trust beside the JDK's
 * @param dockerConfig the Docker command line's file with logins; absent where none may be used
 * @param connectTimeout for a connection
 * @param idleTimeout for an answer, and between two pieces of a body
 */
public record RegistrySettings(
    Map<String, List<URI>> mirrors,
    Set<String> plainHttp,
    Optional<Path> extraCa,
    Optional<Path> dockerConfig,
    Duration connectTimeout,
    Duration idleTimeout) {

  public RegistrySettings {
    mirrors = Map.copyOf(mirrors);
    plainHttp = Set.copyOf(plainHttp);
  }

  /** No mirrors, TLS but for loopback, the logins of this process's user. */
  public static RegistrySettings defaults() {
    return new RegistrySettings(
        Map.of(),
        Set.of(),
        Optional.empty(),
        Optional.of(DockerLogins.userFile()),
        Duration.ofSeconds(10),
        Duration.ofSeconds(60));
  }

  /**
   * The same, of which no address is refused later.
   *
   * @throws dev.warren.SandboxException {@code INVALID_ARGUMENT}
   */
  public RegistrySettings checked() {
    mirrors.keySet().forEach(registry -> Endpoint.of(registry, this));
    return this;
  }

  public RegistrySettings withMirrors(Map<String, List<URI>> value) {
    return new RegistrySettings(
        value, plainHttp, extraCa, dockerConfig, connectTimeout, idleTimeout);
  }

  public RegistrySettings withPlainHttp(Set<String> value) {
    return new RegistrySettings(mirrors, value, extraCa, dockerConfig, connectTimeout, idleTimeout);
  }

  public RegistrySettings withExtraCa(Path value) {
    return new RegistrySettings(
        mirrors, plainHttp, Optional.of(value), dockerConfig, connectTimeout, idleTimeout);
  }

  public RegistrySettings withDockerConfig(Optional<Path> value) {
    return new RegistrySettings(mirrors, plainHttp, extraCa, value, connectTimeout, idleTimeout);
  }

  public RegistrySettings withTimeouts(Duration connect, Duration idle) {
    return new RegistrySettings(mirrors, plainHttp, extraCa, dockerConfig, connect, idle);
  }
}
