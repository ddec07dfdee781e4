package dev.warren.mcp.channel.lima;

import dev.warren.SandboxException;
import dev.warren.mcp.channel.StdioChannel;
import dev.warren.mcp.channel.StdioTransport;
import dev.warren.mcp.channel.host.HostStdio;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.regex.Pattern;

/**
 * MCP servers in a container of a containerd that runs in a Lima virtual machine, reached by {@code
 * limactl shell} and {@code ctr tasks exec}: the way to a sandbox on macOS, where no socket of the
 * engine can be used. Immutable and thread-safe.
 */
public final class LimaStdio implements StdioTransport {
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9]+(?:[._-][A-Za-z0-9]+)*");
  private static final SecureRandom RANDOM = new SecureRandom();
  private static final int ID_BYTES = 8;

  private final String limactl;
  private final String instance;
  private final List<String> ctr;
  private final String container;
  private final List<String> command;

  private LimaStdio(
      String limactl, String instance, List<String> ctr, String container, List<String> command) {
    this.limactl = limactl;
    this.instance = instance;
    this.ctr = ctr;
    this.container = container;
    this.command = command;
  }

  /**
   * A command in a running container.
   *
   * @param instance of Lima, such as {@code default}
   * @param namespace of containerd in it
   * @param container its id
   * @throws SandboxException {@code INVALID_ARGUMENT}
   */
  public static LimaStdio of(
      String instance, String namespace, String container, List<String> command) {
    requireName("Lima instance", instance);
    requireName("containerd namespace", namespace);
    requireName("container", container);
    if (command.isEmpty() || command.get(0).isEmpty()) {
      throw SandboxException.invalid("check command", "MCP server", "the command is empty");
    }
    List<String> ctr = List.of("sudo", "ctr", "--namespace", namespace);
    return new LimaStdio("limactl", instance, ctr, container, List.copyOf(command));
  }

  /** Another {@code limactl} than the one on the path. */
  public LimaStdio withLimactl(String executable) {
    return new LimaStdio(executable, instance, ctr, container, command);
  }

  /** How {@code ctr} is called in the machine, instead of {@code sudo ctr --namespace …}. */
  public LimaStdio withCtr(List<String> words) {
    return new LimaStdio(limactl, instance, List.copyOf(words), container, command);
  }

  /**
   * {@inheritDoc}
   *
   * <p>The end of {@code limactl} does not end what runs in the container, so signals are sent in
   * the machine: to the server and all that shares its process group. What gave itself a group of
   * its own, or is left when the server has ended, goes on until the container stops.
   */
  @Override
  public StdioChannel start(StdioChannel.Receiver receiver) {
    String execId = "mcp-" + randomHex();
    List<String> start = withCtr("tasks", "exec", "--exec-id", execId, container);
    start.addAll(command);
    return LimaChannel.start(HostStdio.of(start), new Signals(execId), receiver);
  }

  private final class Signals implements LimaChannel.Remote {
    private final String execId;

    Signals(String execId) {
      this.execId = execId;
    }

    @Override
    public String execId() {
      return execId;
    }

    @Override
    public List<String> list() {
      return withCtr("tasks", "ps", container);
    }

    @Override
    public List<String> signalGroup(String signal, long leader) {
      List<String> line = inMachine(privilege());
      line.addAll(List.of("kill", "-s", signal, "--", "-" + leader));
      return line;
    }

    @Override
    public List<String> signalProcess(String signal) {
      return withCtr("tasks", "kill", "--exec-id", execId, "--signal", "SIG" + signal, container);
    }
  }

  /** What stands before {@code ctr}: {@code sudo} where it is needed. */
  private List<String> privilege() {
    for (int i = 0; i < ctr.size(); i++) {
      String word = ctr.get(i);
      if (word.equals("ctr") || word.endsWith("/ctr")) {
        return ctr.subList(0, i);
      }
    }
    return List.of();
  }

  private List<String> withCtr(String... words) {
    List<String> line = inMachine(ctr);
    line.addAll(List.of(words));
    return line;
  }

  private List<String> inMachine(List<String> words) {
    List<String> line = new ArrayList<>(List.of(limactl, "shell", "--workdir", "/", instance));
    line.addAll(words);
    return line;
  }

  private static String randomHex() {
    byte[] bytes = new byte[ID_BYTES];
    RANDOM.nextBytes(bytes);
    return HexFormat.of().formatHex(bytes);
  }

  private static void requireName(String what, String value) {
    if (!NAME.matcher(value).matches()) {
      throw SandboxException.invalid(
          "check " + what, "'" + value + "'", "use letters, digits and single '.', '_', '-'");
    }
  }

  /** The command and the container; no arguments, which may hold secrets. */
  @Override
  public String toString() {
    return command.get(0) + " in container " + container + " of Lima instance " + instance;
  }
}
