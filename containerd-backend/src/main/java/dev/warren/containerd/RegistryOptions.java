package dev.warren.containerd;

import dev.warren.containerd.internal.registry.RegistrySettings;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * How the registries of images are reached. Mirrors and an extra certificate authority are unknown
 * to the daemon, so with them Warren pulls images itself. Immutable.
 */
public final class RegistryOptions {
  private static final RegistryOptions DEFAULTS = new RegistryOptions(RegistrySettings.defaults());

  private final RegistrySettings settings;

  private RegistryOptions(RegistrySettings settings) {
    this.settings = settings;
  }

  /**
   * No mirrors, TLS with the authorities that the JDK trusts, plain HTTP for registries on a
   * loopback address, the logins of this process's user.
   */
  public static RegistryOptions defaults() {
    return DEFAULTS;
  }

  /**
   * Mirrors by the host of a registry, with its port where it has one. They are asked in their
   * order before the registry itself, by their base addresses, such as {@code
   * https://mirror.example}. What they send is checked against its digest; they never get the
   * registry's credentials, only logins of their own. Default: none.
   */
  public RegistryOptions withMirrors(Map<String, List<URI>> mirrors) {
    return new RegistryOptions(settings.withMirrors(mirrors));
  }

  /**
   * Hosts of registries and mirrors, with their port where they have one, that are spoken to
   * without TLS. Everyone on the way to them can read and change what is sent. Default: loopback
   * addresses only, which always are.
   */
  public RegistryOptions withPlainHttp(String... hosts) {
    return new RegistryOptions(settings.withPlainHttp(Set.of(hosts)));
  }

  /** A PEM file of certificates to trust beside the JDK's. Default: none. */
  public RegistryOptions withExtraCa(Path pem) {
    return new RegistryOptions(settings.withExtraCa(pem));
  }

  /**
   * A {@code config.json} of the Docker command line, for its logins. Default: {@code
   * $DOCKER_CONFIG/config.json}, else {@code ~/.docker/config.json}.
   */
  public RegistryOptions withDockerConfig(Path file) {
    return new RegistryOptions(settings.withDockerConfig(Optional.of(file)));
  }

  RegistrySettings settings() {
    return settings;
  }

  /** Leaves the host's paths out. */
  @Override
  public String toString() {
    return "RegistryOptions[mirrors="
        + settings.mirrors()
        + ", plainHttp="
        + settings.plainHttp()
        + "]";
  }
}
