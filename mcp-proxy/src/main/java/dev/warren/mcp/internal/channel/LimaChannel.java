package dev.warren.mcp.internal.channel;

import dev.warren.SandboxException;
import dev.warren.SandboxException.Code;
import dev.warren.mcp.HostStdio;
import dev.warren.mcp.StdioChannel;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/** A local client of a process elsewhere, which has to be signalled by a command of its own. */
public final class LimaChannel implements StdioChannel {
  private static final long SIGNAL_SECONDS = 10;

  private final StdioChannel client;
  private final Function<String, List<String>> signalCommand;

  private LimaChannel(StdioChannel client, Function<String, List<String>> signalCommand) {
    this.client = client;
    this.signalCommand = signalCommand;
  }

  /**
   * @param signalCommand from the name of a signal to the command that sends it
   */
  public static LimaChannel start(
      HostStdio client, Function<String, List<String>> signalCommand, Receiver receiver) {
    return new LimaChannel(client.start(receiver), signalCommand);
  }

  @Override
  public void write(byte[] bytes, int offset, int length) throws IOException {
    client.write(bytes, offset, length);
  }

  @Override
  public void closeInput() {
    client.closeInput();
  }

  /** The client ends with the process, so it is left alone. */
  @Override
  public void terminate() {
    Errands.run("terminate MCP server", () -> signal("SIGTERM"));
  }

  @Override
  public void kill() {
    Errands.run(
        "end MCP server",
        () -> {
          try {
            signal("SIGKILL");
          } finally {
            client.kill();
          }
        });
  }

  private void signal(String name) {
    try {
      Process process =
          new ProcessBuilder(signalCommand.apply(name))
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start();
      process.getOutputStream().close();
      if (!process.waitFor(SIGNAL_SECONDS, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    } catch (IOException e) {
      throw SandboxException.of(Code.UNAVAILABLE, "signal MCP server", client.toString())
          .detail("the command cannot be run")
          .cause(e)
          .build();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public String toString() {
    return client.toString();
  }
}
