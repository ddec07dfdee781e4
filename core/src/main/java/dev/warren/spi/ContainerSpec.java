package dev.warren.spi;

import dev.warren.Hardening;
import dev.warren.ImageRef;
import dev.warren.Mount;
import dev.warren.Network;
import dev.warren.ResourceLimits;
import dev.warren.SandboxException;
import java.net.InetAddress;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Everything about a container that does not change during its life.
 *
 * @param id {@code [A-Za-z0-9]+([._-][A-Za-z0-9]+)*}, at most 76
 * @param command what runs as PID 1, instead of the image's own entry point and command
 * @param env on top of the image's
 * @param user name or uid, optionally {@code :group}, resolved in the image; empty: root, whatever
 *     the image says, because package managers need it
 * @param workingDirectory empty: the image's
 * @param dns servers for the sandbox; empty: those of the host, as far as they are reachable
 * @param timeZone such as {@code Europe/Berlin}; empty: the host's
 * @param runtimeName a secure runtime known to the engine, such as {@code runsc}; empty: the
 *     default
 * @param gpus CDI device names
 * @param files put into the writable layer before the first start
 */
public record ContainerSpec(
    String id,
    ImageRef image,
    List<String> command,
    Map<String, String> env,
    Optional<String> user,
    Optional<String> workingDirectory,
    Map<String, String> labels,
    List<Mount> mounts,
    ResourceLimits limits,
    Network network,
    List<InetAddress> dns,
    Optional<String> timeZone,
    Optional<String> hostName,
    Hardening hardening,
    Optional<String> runtimeName,
    List<String> gpus,
    List<InitialFile> files) {

  private static final Pattern ID = Pattern.compile("[A-Za-z0-9]+(?:[._-][A-Za-z0-9]+)*");
  private static final int MAX_ID = 76;

  /**
   * @throws SandboxException {@code INVALID_ARGUMENT}
   */
  public ContainerSpec {
    if (id.length() > MAX_ID || !ID.matcher(id).matches()) {
      throw SandboxException.invalid(
          "check container id",
          "'" + id + "'",
          "use ASCII letters and digits with single '.', '_' or '-' between them, at most "
              + MAX_ID);
    }
    if (command.isEmpty()) {
      throw SandboxException.invalid("check container", id, "it has no command");
    }
    command = List.copyOf(command);
    env = Map.copyOf(env);
    labels = Map.copyOf(labels);
    mounts = List.copyOf(mounts);
    dns = List.copyOf(dns);
    gpus = List.copyOf(gpus);
    files = List.copyOf(files);
  }

  public static Builder builder(String id, ImageRef image, List<String> command) {
    return new Builder(id, image, command);
  }

  /** Leaves out the environment, which may hold secrets. */
  @Override
  public String toString() {
    return "ContainerSpec[id="
        + id
        + ", image="
        + image
        + ", network="
        + network
        + ", limits="
        + limits
        + "]";
  }

  /** A file of the host, copied into a container before its first start. */
  public record InitialFile(String path, int mode, Path source) {
    /** Leaves the host path out. */
    @Override
    public String toString() {
      return "InitialFile[path=" + path + "]";
    }
  }

  /**
   * Collects a spec; the defaults are an isolated network, finite limits and full hardening. Not
   * thread-safe.
   */
  public static final class Builder {
    private final String id;
    private final ImageRef image;
    private final List<String> command;
    private final Map<String, String> env = new LinkedHashMap<>();
    private final Map<String, String> labels = new LinkedHashMap<>();
    private Optional<String> user = Optional.empty();
    private Optional<String> workingDirectory = Optional.empty();
    private List<Mount> mounts = List.of();
    private ResourceLimits limits = ResourceLimits.defaults();
    private Network network = Network.isolated();
    private List<InetAddress> dns = List.of();
    private Optional<String> timeZone = Optional.empty();
    private Optional<String> hostName = Optional.empty();
    private Hardening hardening = Hardening.defaults();
    private Optional<String> runtimeName = Optional.empty();
    private List<String> gpus = List.of();
    private List<InitialFile> files = List.of();

    private Builder(String id, ImageRef image, List<String> command) {
      this.id = id;
      this.image = image;
      this.command = command;
    }

    public Builder env(Map<String, String> values) {
      env.putAll(values);
      return this;
    }

    public Builder labels(Map<String, String> values) {
      labels.putAll(values);
      return this;
    }

    public Builder user(Optional<String> value) {
      user = value;
      return this;
    }

    public Builder workingDirectory(String value) {
      workingDirectory = Optional.of(value);
      return this;
    }

    public Builder mounts(List<Mount> values) {
      mounts = values;
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

    public Builder dns(List<InetAddress> values) {
      dns = values;
      return this;
    }

    public Builder timeZone(Optional<String> value) {
      timeZone = value;
      return this;
    }

    public Builder hostName(String value) {
      hostName = Optional.of(value);
      return this;
    }

    public Builder hardening(Hardening value) {
      hardening = value;
      return this;
    }

    public Builder runtimeName(Optional<String> value) {
      runtimeName = value;
      return this;
    }

    public Builder gpus(List<String> values) {
      gpus = values;
      return this;
    }

    public Builder files(List<InitialFile> values) {
      files = values;
      return this;
    }

    /**
     * @throws SandboxException {@code INVALID_ARGUMENT}
     */
    public ContainerSpec build() {
      return new ContainerSpec(
          id,
          image,
          command,
          env,
          user,
          workingDirectory,
          labels,
          mounts,
          limits,
          network,
          dns,
          timeZone,
          hostName,
          hardening,
          runtimeName,
          gpus,
          files);
    }
  }
}
