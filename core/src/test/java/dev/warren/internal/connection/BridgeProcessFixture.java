package dev.warren.internal.connection;

import dev.warren.SandboxAddress;
import dev.warren.StateDirectory;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The real bridge as a process of this host, in a directory of its own. Not thread-safe. */
public final class BridgeProcessFixture implements AutoCloseable {
  private static final Pattern KEY = Pattern.compile("\"key\":\"(sha256:[0-9a-f]+)\"");
  private static final Pattern LISTEN = Pattern.compile("\"listen\":\"(unix|tcp):(.*?)\"");

  final String sandboxId;
  public final Path root;
  public final String fingerprint;
  public final SandboxAddress address;
  private final Process process;

  private BridgeProcessFixture(String sandboxId, Path root, Process process) throws IOException {
    this.sandboxId = sandboxId;
    this.root = root;
    this.process = process;
    BufferedReader out = process.inputReader();
    String boot = out.readLine();
    if (boot == null) {
      throw new IOException("the bridge ended before it listened");
    }
    Matcher key = KEY.matcher(boot);
    Matcher listen = LISTEN.matcher(boot);
    if (!key.find() || !listen.find()) {
      throw new IOException("unexpected boot line: " + boot);
    }
    this.fingerprint = key.group(1);
    String where = listen.group(2);
    int colon = where.lastIndexOf(':');
    this.address =
        listen.group(1).equals("unix")
            ? new SandboxAddress.UnixSocket(Path.of(where), binary(), process.pid())
            : new SandboxAddress.Tcp(
                new InetSocketAddress(
                    InetAddress.getLoopbackAddress(),
                    Integer.parseInt(where.substring(colon + 1))));
  }

  /** Listens on a unix socket in a directory, which must have a short name. */
  public static BridgeProcessFixture unix(Path directory, String sandboxId) throws IOException {
    return start(directory, sandboxId, "unix:" + directory.resolve("s"), Optional.empty());
  }

  public static BridgeProcessFixture tcp(Path directory, String sandboxId, Path clientCa)
      throws IOException {
    return start(directory, sandboxId, "tcp:127.0.0.1:0", Optional.of(clientCa));
  }

  private static BridgeProcessFixture start(
      Path directory, String sandboxId, String listen, Optional<Path> clientCa) throws IOException {
    Path root = directory.resolve("data");
    List<String> command = new ArrayList<>();
    command.add(binary().toString());
    command.addAll(List.of("init", "--subreaper", "--sandbox-id", sandboxId));
    command.addAll(List.of("--root", root.toString(), "--listen", listen));
    clientCa.ifPresent(file -> command.addAll(List.of("--client-ca", file.toString())));
    Process process =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    return new BridgeProcessFixture(sandboxId, root, process);
  }

  /** One file for all tests of a run, as there is one for all sandboxes of a host. */
  static Path binary() {
    return BridgeBinary.extract(StateDirectory.at(Path.of("target", "test-state")));
  }

  public BridgeConnector connector() {
    return new BridgeConnector(
        () -> {
          throw new IllegalStateException("only for TCP");
        });
  }

  public BridgeConnection connect(BridgeConnector connector) {
    return connector.connect(
        address, sandboxId, Optional.of(fingerprint), Duration.ofSeconds(20), process::isAlive);
  }

  long pid() {
    return process.pid();
  }

  boolean isAlive() {
    return process.isAlive();
  }

  void kill() {
    process.descendants().forEach(ProcessHandle::destroyForcibly);
    process.destroyForcibly();
    try {
      process.waitFor(10, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void close() throws IOException {
    kill();
    Files.deleteIfExists(root.resolveSibling("s"));
  }
}
