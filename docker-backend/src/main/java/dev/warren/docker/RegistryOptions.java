package dev.warren.docker;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Where images come from, beyond what the engine is configured with. Immutable. */
public final class RegistryOptions {
  private final Map<String, List<String>> mirrors;
  private final @Nullable Path dockerConfig;

  private RegistryOptions(Map<String, List<String>> mirrors, @Nullable Path dockerConfig) {
    this.mirrors = mirrors;
    this.dockerConfig = dockerConfig;
  }

  /** No mirrors, and the logins of the user. */
  public static RegistryOptions defaults() {
    return new RegistryOptions(Map.of(), null);
  }

  /**
   * Sets the mirrors. Default: none.
   *
   * @param values for each registry's host, such as {@code registry.example}, the hosts to ask
   *     before it, in order
   */
  public RegistryOptions withMirrors(Map<String, List<String>> values) {
    return new RegistryOptions(
        values.entrySet().stream()
            .collect(
                Collectors.toUnmodifiableMap(
                    Map.Entry::getKey, entry -> List.copyOf(entry.getValue()))),
        dockerConfig);
  }

  /**
   * Sets the {@code config.json} to take logins from. Default: {@code $DOCKER_CONFIG/config.json},
   * else {@code ~/.docker/config.json}.
   */
  public RegistryOptions withDockerConfig(Path file) {
    return new RegistryOptions(mirrors, file);
  }

  /** The hosts to ask before each registry; unmodifiable. */
  public Map<String, List<String>> mirrors() {
    return mirrors;
  }

  /** The file with logins; empty: the user's. */
  public Optional<Path> dockerConfig() {
    return Optional.ofNullable(dockerConfig);
  }

  /** Leaves the host's paths out. */
  @Override
  public String toString() {
    return "RegistryOptions[mirrors=" + mirrors + "]";
  }
}
