package dev.warren.mcp.channel.sandbox;

import dev.warren.ExecRequest;
import dev.warren.ExecRequest.OutputMode;
import dev.warren.Sandbox;
import dev.warren.SandboxException;
import dev.warren.mcp.channel.StdioChannel;
import dev.warren.mcp.channel.StdioTransport;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * MCP servers as processes in a sandbox. The conversation survives a lost connection to the sandbox
 * of up to 30 seconds: it resumes in both directions, with no byte lost or repeated. When the
 * application is gone for longer, the server is ended, because nobody else could continue its
 * conversation. Thread-safe.
 */
public final class SandboxStdio implements StdioTransport {
  /** The longest line of stdout that is delivered, in bytes: 64 MiB. */
  public static final int MAX_LINE_BYTES = 64 << 20;

  private final Sandbox sandbox;
  private final ExecRequest request;

  private SandboxStdio(Sandbox sandbox, ExecRequest request) {
    this.sandbox = sandbox;
    this.request = request;
  }

  /**
   * A command with the sandbox's own environment, user and directory.
   *
   * @throws SandboxException {@code INVALID_ARGUMENT}
   */
  public static SandboxStdio of(Sandbox sandbox, String... command) {
    return of(sandbox, List.of(command), settings -> settings);
  }

  /**
   * A command with settings of its own: environment, directory, user.
   *
   * @param settings what it sets for stdin, terminal, timeout, {@code kept} and output is not used
   * @throws SandboxException {@code INVALID_ARGUMENT}
   */
  public static SandboxStdio of(
      Sandbox sandbox, List<String> command, UnaryOperator<ExecRequest.Builder> settings) {
    ExecRequest asked = settings.apply(ExecRequest.builder(command)).build();
    ExecRequest.Builder request =
        ExecRequest.builder(command)
            .env(asked.env())
            .unsetEnv(asked.unsetEnv().toArray(String[]::new))
            .noTimeout()
            .output(OutputMode.lines(MAX_LINE_BYTES));
    if (asked.cleanEnv()) {
      request.cleanEnv();
    }
    asked.cwd().ifPresent(request::cwd);
    asked.user().ifPresent(request::user);
    return new SandboxStdio(sandbox, request.build());
  }

  @Override
  public StdioChannel start(StdioChannel.Receiver receiver) {
    return SandboxChannel.start(sandbox, request, receiver);
  }

  /** The sandbox and the command; no arguments, which may hold secrets. */
  @Override
  public String toString() {
    return request.argv().get(0) + " in " + sandbox;
  }
}
