package dev.warren.mcp.channel.host;

import dev.warren.SandboxException;
import dev.warren.mcp.channel.StdioChannel;
import dev.warren.mcp.channel.StdioTransport;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * MCP servers as processes of this host, <em>without any isolation</em>: for servers that are
 * trusted as much as the application itself. They see none of the application's environment but
 * {@code PATH, HOME, USER, LOGNAME, SHELL, LANG, LC_ALL, TERM, TMPDIR, TZ}. Immutable and
 * thread-safe.
 */
public final class HostStdio implements StdioTransport {
  private static final List<String> INHERITED =
      List.of("PATH", "HOME", "USER", "LOGNAME", "SHELL", "LANG", "LC_ALL", "TERM", "TMPDIR", "TZ");

  private final List<String> command;
  private final Map<String, String> env;
  private final Optional<Path> directory;

  private HostStdio(List<String> command, Map<String, String> env, Optional<Path> directory) {
    if (command.isEmpty() || command.get(0).isEmpty()) {
      throw SandboxException.invalid("check command", "MCP server", "the command is empty");
    }
    this.command = List.copyOf(command);
    this.env = env;
    this.directory = directory;
  }

  /**
   * A command with its arguments; no shell is involved.
   *
   * @throws SandboxException {@code INVALID_ARGUMENT}
   */
  public static HostStdio of(String... command) {
    return of(List.of(command));
  }

  /** See {@link #of(String...)}. */
  public static HostStdio of(List<String> command) {
    Map<String, String> env = new LinkedHashMap<>();
    for (String name : INHERITED) {
      String value = System.getenv(name);
      if (value != null) {
        env.put(name, value);
      }
    }
    return new HostStdio(command, Map.copyOf(env), Optional.empty());
  }

  /** Adds to its environment, or replaces in it. */
  public HostStdio withEnv(Map<String, String> values) {
    Map<String, String> merged = new LinkedHashMap<>(env);
    merged.putAll(values);
    return new HostStdio(command, Map.copyOf(merged), directory);
  }

  /** Where it runs; otherwise that of the application. */
  public HostStdio withDirectory(Path value) {
    return new HostStdio(command, env, Optional.of(value));
  }

  @Override
  public StdioChannel start(StdioChannel.Receiver receiver) {
    return HostChannel.start(command, env, directory, receiver);
  }

  /** The command; no arguments, which may hold secrets. */
  @Override
  public String toString() {
    return command.get(0) + " on this host";
  }
}
