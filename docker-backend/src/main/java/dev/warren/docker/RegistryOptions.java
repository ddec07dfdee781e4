package dev.warren.docker;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Where images come from, beyond what the engine is configured with.
 *
 * @param mirrors for a registry's host, such as {@code registry.example}, the hosts to ask before
 *     it, in order
 * @param dockerConfig a {@code config.json} with logins; empty: {@code $DOCKER_CONFIG/config.json},
 *     else {@code ~/.docker/config.json}
 */
public record RegistryOptions(Map<String, List<String>> mirrors, Optional<Path> dockerConfig) {

  public RegistryOptions {
    mirrors =
        mirrors.entrySet().stream()
            .collect(
                Collectors.toUnmodifiableMap(
                    Map.Entry::getKey, entry -> List.copyOf(entry.getValue())));
  }

  /** No mirrors, the logins of the user. */
  public static RegistryOptions standard() {
    return new RegistryOptions(Map.of(), Optional.empty());
  }

  public RegistryOptions withMirrors(Map<String, List<String>> values) {
    return new RegistryOptions(values, dockerConfig);
  }

  public RegistryOptions withDockerConfig(Path file) {
    return new RegistryOptions(mirrors, Optional.of(file));
  }

  /** Leaves the host's paths out. */
  @Override
  public String toString() {
    return "RegistryOptions[mirrors=" + mirrors + "]";
  }
}
