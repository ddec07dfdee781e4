package dev.warren.containerd;

import dev.warren.SandboxException;
import dev.warren.containerd.internal.network.NetworkSettings;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * How sandboxes get their addresses: by CNI plugins, on a bridge of this host.
 *
 * <p>Two runtimes that share a bridge have to share its subnet and its address directory; the
 * defaults see to that.
 *
 * @param binDirectories where the plugins {@code bridge} and {@code host-local} are
 * @param bridge the interface; it is made when the first sandbox needs it, and stays
 * @param subnet IPv4, such as {@code 10.213.0.0/16}; the first address is the host's
 * @param addressDirectory where {@code host-local} keeps what is in use
 * @param conflist a network configuration list to use instead of all that; then what {@code
 *     isolated} and {@code egress} mean is up to it
 * @param timeout for one run of one plugin
 */
public record CniOptions(
    List<Path> binDirectories,
    String bridge,
    String subnet,
    Path addressDirectory,
    Optional<Path> conflist,
    Duration timeout) {

  private static final Pattern BRIDGE = Pattern.compile("[A-Za-z0-9][A-Za-z0-9_.-]{0,14}");
  private static final Pattern SUBNET = Pattern.compile("((?:\\d{1,3}\\.){3}\\d{1,3})/(\\d{1,2})");
  private static final CniOptions DEFAULTS =
      new CniOptions(
          List.of(Path.of("/opt/cni/bin"), Path.of("/usr/lib/cni"), Path.of("/usr/libexec/cni")),
          "warren0",
          "10.213.0.0/16",
          Path.of("/var/lib/cni/networks"),
          Optional.empty(),
          Duration.ofSeconds(30));

  /**
   * @throws SandboxException {@code INVALID_ARGUMENT}
   */
  public CniOptions {
    binDirectories = List.copyOf(binDirectories);
    require(BRIDGE.matcher(bridge).matches(), bridge, "it is no interface name of at most 15");
    require(isSubnet(subnet), subnet, "it is no IPv4 subnet of /8 to /29, with zero host bits");
    require(
        timeout.compareTo(Duration.ofMillis(1)) >= 0, timeout.toString(), "it must be positive");
  }

  /**
   * The plugins of {@code /opt/cni/bin}, {@code /usr/lib/cni} or {@code /usr/libexec/cni}, the
   * bridge {@code warren0}, {@code 10.213.0.0/16}, 30 seconds.
   */
  public static CniOptions defaults() {
    return DEFAULTS;
  }

  public CniOptions withBinDirectories(Path... directories) {
    return new CniOptions(
        List.of(directories), bridge, subnet, addressDirectory, conflist, timeout);
  }

  /** A bridge of your own, with the subnet that belongs to it. */
  public CniOptions withBridge(String name, String itsSubnet) {
    return new CniOptions(binDirectories, name, itsSubnet, addressDirectory, conflist, timeout);
  }

  public CniOptions withAddressDirectory(Path directory) {
    return new CniOptions(binDirectories, bridge, subnet, directory, conflist, timeout);
  }

  public CniOptions withConflist(Path file) {
    return new CniOptions(
        binDirectories, bridge, subnet, addressDirectory, Optional.of(file), timeout);
  }

  public CniOptions withTimeout(Duration value) {
    return new CniOptions(binDirectories, bridge, subnet, addressDirectory, conflist, value);
  }

  NetworkSettings settings() {
    return new NetworkSettings(binDirectories, bridge, subnet, addressDirectory, conflist, timeout);
  }

  /** Leaves the host's paths out. */
  @Override
  public String toString() {
    return "CniOptions[bridge=" + bridge + ", subnet=" + subnet + "]";
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
