package dev.warren.containerd;

import dev.warren.SandboxException;
import dev.warren.containerd.internal.network.NetworkSettings;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * How sandboxes get their addresses: by CNI plugins, on a bridge of this host. Immutable.
 *
 * <p>Two runtimes that share a bridge have to share its subnet and its address directory; the
 * defaults see to that.
 */
public final class CniOptions {
  private static final Pattern BRIDGE = Pattern.compile("[A-Za-z0-9][A-Za-z0-9_.-]{0,14}");
  private static final Pattern SUBNET = Pattern.compile("((?:\\d{1,3}\\.){3}\\d{1,3})/(\\d{1,2})");
  private static final CniOptions DEFAULTS =
      new CniOptions(
          new NetworkSettings(
              List.of(
                  Path.of("/opt/cni/bin"), Path.of("/usr/lib/cni"), Path.of("/usr/libexec/cni")),
              "warren0",
              "10.213.0.0/16",
              Path.of("/var/lib/cni/networks"),
              Optional.empty(),
              Duration.ofSeconds(30)));

  private final NetworkSettings settings;

  private CniOptions(NetworkSettings settings) {
    this.settings = settings;
  }

  /**
   * The plugins of {@code /opt/cni/bin}, {@code /usr/lib/cni} or {@code /usr/libexec/cni}, the
   * bridge {@code warren0}, {@code 10.213.0.0/16}, addresses in {@code /var/lib/cni/networks}, 30
   * seconds for each run of a plugin.
   */
  public static CniOptions defaults() {
    return DEFAULTS;
  }

  /** Where the plugins {@code bridge} and {@code host-local} are looked for, in this order. */
  public CniOptions withBinDirectories(Path... directories) {
    return new CniOptions(
        new NetworkSettings(
            List.of(directories),
            settings.bridge(),
            settings.subnet(),
            settings.addressDirectory(),
            settings.conflist(),
            settings.timeout()));
  }

  /**
   * A bridge of your own. It is made when the first sandbox needs it, and stays.
   *
   * @param name of the interface, at most 15 characters
   * @param subnet IPv4, /8 to /29, such as {@code 10.213.0.0/16}; its first address is the host's
   * @throws SandboxException {@code INVALID_ARGUMENT}
   */
  public CniOptions withBridge(String name, String subnet) {
    require(BRIDGE.matcher(name).matches(), name, "it is no interface name of at most 15");
    require(isSubnet(subnet), subnet, "it is no IPv4 subnet of /8 to /29, with zero host bits");
    return new CniOptions(
        new NetworkSettings(
            settings.binDirectories(),
            name,
            subnet,
            settings.addressDirectory(),
            settings.conflist(),
            settings.timeout()));
  }

  /** Where {@code host-local} keeps what is in use. */
  public CniOptions withAddressDirectory(Path directory) {
    return new CniOptions(
        new NetworkSettings(
            settings.binDirectories(),
            settings.bridge(),
            settings.subnet(),
            directory,
            settings.conflist(),
            settings.timeout()));
  }

  /**
   * A network configuration list to use instead of the bridge; then what {@code isolated} and
   * {@code egress} mean is up to it.
   */
  public CniOptions withConflist(Path file) {
    return new CniOptions(
        new NetworkSettings(
            settings.binDirectories(),
            settings.bridge(),
            settings.subnet(),
            settings.addressDirectory(),
            Optional.of(file),
            settings.timeout()));
  }

  /**
   * The time that one run of one plugin may take.
   *
   * @throws SandboxException {@code INVALID_ARGUMENT} for less than a millisecond
   */
  public CniOptions withTimeout(Duration value) {
    require(value.compareTo(Duration.ofMillis(1)) >= 0, value.toString(), "it must be positive");
    return new CniOptions(
        new NetworkSettings(
            settings.binDirectories(),
            settings.bridge(),
            settings.subnet(),
            settings.addressDirectory(),
            settings.conflist(),
            value));
  }

  /** The interface. */
  public String bridge() {
    return settings.bridge();
  }

  /** The bridge's, IPv4. */
  public String subnet() {
    return settings.subnet();
  }

  /** Where addresses in use are kept. */
  public Path addressDirectory() {
    return settings.addressDirectory();
  }

  NetworkSettings settings() {
    return settings;
  }

  /** Leaves the host's paths out. */
  @Override
  public String toString() {
    return "CniOptions[bridge=" + bridge() + ", subnet=" + subnet() + "]";
  }

  private static boolean isSubnet(String text) {
    var parts = SUBNET.matcher(text);
    if (!parts.matches()) {
      return false;
    }
    long address = 0;
    for (String octet : parts.group(1).split("\\.", -1)) {
      int value = Integer.parseInt(octet);
      if (value > 255) {
        return false;
      }
      address = (address << 8) | value;
    }
    int length = Integer.parseInt(parts.group(2));
    return length >= 8 && length <= 29 && (address & (0xFFFF_FFFFL >>> length)) == 0;
  }

  private static void require(boolean condition, String subject, String detail) {
    if (!condition) {
      throw SandboxException.invalid("check CNI options", "'" + subject + "'", detail);
    }
  }
}
