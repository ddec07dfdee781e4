package dev.warren;

import java.net.InetAddress;
import java.time.ZoneId;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What sandboxes are made like. A container keeps what it was made with until it is deleted; a
 * changed spec is for new ones.
 *
 * @param image may be empty only for runtimes without images
 * @param env of everything that runs in it
 * @param user the sandbox runs as; empty: root of the sandbox
 * @param labels kept with the container; {@code dev.warren.} is reserved
 * @param dns empty: those of the host, as far as the network lets the sandbox reach them
 * @param timeZone empty: the host's
 * @param runtimeName a secure runtime known to the engine, such as {@code runsc}
 * @param gpus CDI device names
 */
public record SandboxSpec(
    Optional<ImageRef> image,
    Map<String, String> env,
    Optional<String> user,
    Map<String, String> labels,
    List<Mount> mounts,
    ResourceLimits limits,
    Network network,
    List<InetAddress> dns,
    Optional<ZoneId> timeZone,
    Hardening hardening,
    Optional<String> runtimeName,
    List<String> gpus) {

  /**
   * @throws SandboxException {@code INVALID_ARGUMENT}
   */
  public SandboxSpec {
    env = Map.copyOf(env);
    labels = Map.copyOf(labels);
    mounts = List.copyOf(mounts);
    dns = List.copyOf(dns);
    gpus = List.copyOf(gpus);
    for (String key : labels.keySet()) {
      if (key.startsWith("dev.warren.")) {
        throw SandboxException.invalid(
            "check spec", key, "labels below 'dev.warren.' are reserved");
      }
    }
    for (Mount mount : mounts) {
      checkTarget(mount.target());
    }
  }

  public static Builder builder() {
    return new Builder();
  }

  /** The same, made from another image. */
  public SandboxSpec withImage(ImageRef value) {
    return new SandboxSpec(
        Optional.of(value),
        env,
        user,
        labels,
        mounts,
        limits,
        network,
        dns,
        timeZone,
        hardening,
        runtimeName,
        gpus);
  }

  /** Leaves out the environment, which may hold secrets. */
  @Override
  public String toString() {
    return "SandboxSpec[image=" + image.map(ImageRef::toString).orElse("none") + "]";
  }

  private static void checkTarget(String target) {
    for (String reserved :
        List.of("/proc", "/sys", "/dev", "/opt/warren", "/run/warren", "/data")) {
      if (target.equals(reserved)
          || (!reserved.equals("/data") && target.startsWith(reserved + "/"))) {
        throw SandboxException.invalid(
            "check mount", target, "'" + reserved + "' belongs to the sandbox itself");
      }
    }
  }

  /** Collects a spec; every default is the careful one. Not thread-safe. */
  public static final class Builder {
    private Optional<ImageRef> image = Optional.empty();
    private final Map<String, String> env = new LinkedHashMap<>();
    private Optional<String> user = Optional.empty();
    private final Map<String, String> labels = new LinkedHashMap<>();
    private List<Mount> mounts = List.of();
    private ResourceLimits limits = ResourceLimits.defaults();
    private Network network = Network.isolated();
    private List<InetAddress> dns = List.of();
    private Optional<ZoneId> timeZone = Optional.empty();
    private Hardening hardening = Hardening.defaults();
    private Optional<String> runtimeName = Optional.empty();
    private List<String> gpus = List.of();

    private Builder() {}

    public Builder image(ImageRef value) {
      image = Optional.of(value);
      return this;
    }

    /**
     * @throws SandboxException {@code INVALID_ARGUMENT}
     */
    public Builder image(String reference) {
      return image(ImageRef.parse(reference));
    }

    public Builder env(String key, String value) {
      env.put(key, value);
      return this;
    }

    public Builder user(String value) {
      user = Optional.of(value);
      return this;
    }

    public Builder label(String key, String value) {
      labels.put(key, value);
      return this;
    }

    public Builder mounts(Mount... values) {
      mounts = List.of(values);
      return this;
    }

    public Builder limits(ResourceLimits value) {
      limits = value;
      return this;
    }

    public Builder network(Network value) {
      network = value;
      return this;
    }

    public Builder dns(InetAddress... servers) {
      dns = List.of(servers);
      return this;
    }

    public Builder timeZone(ZoneId value) {
      timeZone = Optional.of(value);
      return this;
    }

    public Builder hardening(Hardening value) {
      hardening = value;
      return this;
    }

    public Builder runtimeName(String value) {
      runtimeName = Optional.of(value);
      return this;
    }

    public Builder gpus(String... cdiNames) {
      gpus = List.of(cdiNames);
      return this;
    }

    /**
     * @throws SandboxException {@code INVALID_ARGUMENT}
     */
    public SandboxSpec build() {
      return new SandboxSpec(
          image,
          env,
          user,
          labels,
          mounts,
          limits,
          network,
          dns,
          timeZone,
          hardening,
          runtimeName,
          gpus);
    }
  }
}
