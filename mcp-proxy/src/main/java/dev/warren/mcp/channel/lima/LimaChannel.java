package dev.warren.mcp.channel.lima;

import dev.warren.SandboxException;
import dev.warren.SandboxException.Code;
import dev.warren.mcp.channel.StdioChannel;
import dev.warren.mcp.channel.host.HostStdio;
import dev.warren.mcp.internal.thread.DetachedTask;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A local client of a process elsewhere, which has to be signalled by commands of its own. */
final class LimaChannel implements StdioChannel {
  private static final long COMMAND_SECONDS = 10;
  private static final Pattern PID = Pattern.compile("^(\\d+)\\s");

  private final StdioChannel client;
  private final Remote remote;

  private LimaChannel(StdioChannel client, Remote remote) {
    this.client = client;
    this.remote = remote;
  }

  /** The commands that reach the process where it runs; signals are named as in {@code TERM}. */
  public interface Remote {
    /** What stands in the line of the process in the list. */
    String execId();

    /** Lists the processes of the container: in each line the pid, and the exec id of ours. */
    List<String> list();

    /** Signals a process group, whose leader is the process. */
    List<String> signalGroup(String signal, long leader);

    /** Signals the process alone. */
    List<String> signalProcess(String signal);
  }

  public static LimaChannel start(HostStdio client, Remote remote, Receiver receiver) {
    return new LimaChannel(client.start(receiver), remote);
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
    DetachedTask.run("terminate MCP server", () -> signal("TERM"));
  }

  @Override
  public void kill() {
    DetachedTask.run(
        "end MCP server",
        () -> {
          try {
            signal("KILL");
          } finally {
            client.kill();
          }
        });
  }

  /** The engine signals one process only; what it started shares its group. */
  private void signal(String name) {
    try {
      OptionalLong leader = leader();
      boolean done =
          leader.isPresent() && run(remote.signalGroup(name, leader.getAsLong())).code() == 0;
      if (!done) {
        Ran unused = run(remote.signalProcess(name));
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

  private OptionalLong leader() throws IOException, InterruptedException {
    return run(remote.list())
        .output()
        .lines()
        .filter(line -> line.contains(remote.execId()))
        .map(PID::matcher)
        .filter(Matcher::find)
        .mapToLong(pid -> Long.parseLong(pid.group(1)))
        .filter(pid -> pid > 1)
        .findFirst();
  }

  private record Ran(int code, String output) {}

  private static Ran run(List<String> command) throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD).start();
    CompletableFuture<Process> unused =
        process
            .onExit()
            .orTimeout(COMMAND_SECONDS, TimeUnit.SECONDS)
            .whenComplete(
                (ended, late) -> {
                  if (late != null) {
                    process.destroyForcibly();
                  }
                });
    process.getOutputStream().close();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    return new Ran(process.waitFor(), output);
  }

  @Override
  public String toString() {
    return client.toString();
  }
}
