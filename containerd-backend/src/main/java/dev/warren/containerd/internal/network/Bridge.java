package dev.warren.containerd.internal.network;

import dev.warren.engine.internal.fault.EngineText;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InterfaceAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The host's side of the sandboxes' network. It is made once and stays, also for other runtimes
 * that use it; all steps can be repeated.
 *
 * <ul>
 *   <li>An unreachable route for the whole subnet stands behind the bridge's own: a dial to an
 *       address of a sandbox never leaves by the default route, whatever becomes of the bridge.
 *   <li>The bridge has a fixed hardware address; else it takes one from its ports, and is left with
 *       zeros at times, which the plugin then fails on.
 *   <li>What sandboxes begin towards the host itself is dropped, where the host has iptables; they
 *       only answer. Else services of the host that listen everywhere are open to them.
 * </ul>
 */
final class Bridge {
  private static final Logger log = LoggerFactory.getLogger(Bridge.class);
  private static final long LAST_METRIC = 4_278_198_272L;
  private static final long PATIENCE_SECONDS = 10;

  private final String name;
  private final String subnet;
  private final String gateway;
  private volatile boolean guarded;

  Bridge(NetworkSettings options) {
    this.name = options.bridge();
    this.subnet = options.subnet();
    String network = subnet.substring(0, subnet.indexOf('/'));
    int dot = network.lastIndexOf('.');
    this.gateway =
        network.substring(0, dot + 1) + (Integer.parseInt(network.substring(dot + 1)) + 1);
  }

  /** Makes or repairs it. Fails silently where the plugins can do without it; they then say why. */
  synchronized void ensure() {
    if (!isSound()) {
      String address = gateway + subnet.substring(subnet.indexOf('/'));
      // A route is refused only when it is there already.
      batch(
          "route add unreachable " + subnet + " metric " + LAST_METRIC,
          "link add name " + name + " type bridge",
          "link set dev " + name + " address " + hardwareAddress(),
          "link set dev " + name + " up",
          "address add " + address + " dev " + name);
      if (!isSound()) {
        log.warn("the bridge {} could not be set up; sandboxes may not be reachable", name);
      }
    }
    if (!guarded) {
      guarded = true;
      guard("iptables");
      guard("ip6tables");
    }
  }

  private boolean isSound() {
    try {
      NetworkInterface device = NetworkInterface.getByName(name);
      if (device == null || !isUp()) {
        return false;
      }
      byte[] hardware = device.getHardwareAddress();
      boolean zero = hardware == null || java.util.Arrays.equals(hardware, new byte[6]);
      return !zero
          && device.getInterfaceAddresses().stream()
              .map(InterfaceAddress::getAddress)
              .anyMatch(address -> address.getHostAddress().equals(gateway));
    } catch (SocketException e) {
      return false;
    }
  }

  /** Java's own answer asks for a carrier too, which a bridge without ports has not. */
  private boolean isUp() {
    try {
      String flags = Files.readString(Path.of("/sys/class/net", name, "flags")).strip();
      return (Integer.decode(flags) & 1) == 1;
    } catch (IOException | NumberFormatException e) {
      return false;
    }
  }

  /** Locally administered, and the same for the same name. */
  private String hardwareAddress() {
    int hash = name.hashCode();
    return String.format(
        "02:57:%02x:%02x:%02x:%02x",
        hash >>> 24, (hash >>> 16) & 0xFF, (hash >>> 8) & 0xFF, hash & 0xFF);
  }

  /**
   * Keeps one port from talking to the others; the bridge itself, so the host, it still reaches.
   */
  void isolate(String port) {
    Path setting = Path.of("/sys/class/net", port, "brport/isolated");
    try {
      Files.writeString(setting, "1");
    } catch (IOException e) {
      if (!batch("link set dev " + port + " type bridge_slave isolated on")) {
        log.warn("sandboxes on the bridge {} can reach one another: {}", name, reason(e));
      }
    }
  }

  private static String reason(IOException e) {
    return EngineText.withoutPaths(String.valueOf(e.getMessage()));
  }

  private boolean batch(String... lines) {
    return run(List.of("ip", "-force", "-batch", "-"), String.join("\n", lines) + "\n");
  }

  private void guard(String program) {
    if (find(program).isEmpty()) {
      log.warn("{} is missing: sandboxes can reach services of this host", program);
      return;
    }
    List<String> rule =
        List.of("INPUT", "-i", name, "-m", "conntrack", "--ctstate", "NEW", "-j", "DROP");
    if (!run(command(program, "-C", rule), "") && !run(command(program, "-I", rule), "")) {
      log.warn("{} refused a rule: sandboxes can reach services of this host", program);
    }
  }

  private static List<String> command(String program, String action, List<String> rule) {
    return Stream.concat(Stream.of(program, "-w", "5", action), rule.stream()).toList();
  }

  /** An application's own search path often leaves out where these programs are. */
  private static Optional<Path> find(String program) {
    return Stream.of("/usr/sbin", "/sbin", "/usr/bin", "/bin", "/usr/local/sbin")
        .map(directory -> Path.of(directory, program))
        .filter(Files::isExecutable)
        .findFirst();
  }

  private static boolean run(List<String> command, String input) {
    Optional<Path> program = find(command.get(0));
    if (program.isEmpty()) {
      log.warn("{} is missing, which the network of sandboxes needs", command.get(0));
      return false;
    }
    List<String> arguments = new ArrayList<>(command);
    arguments.set(0, program.get().toString());
    ProcessBuilder builder =
        new ProcessBuilder(arguments)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .redirectError(ProcessBuilder.Redirect.DISCARD);
    try {
      Process process = builder.start();
      try (OutputStream stdin = process.getOutputStream()) {
        stdin.write(input.getBytes(StandardCharsets.US_ASCII));
      } catch (IOException e) {
        // It reads nothing.
      }
      if (process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
        return process.exitValue() == 0;
      }
      process.destroyForcibly();
    } catch (IOException e) {
      log.debug("a network program cannot be run", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return false;
  }
}
