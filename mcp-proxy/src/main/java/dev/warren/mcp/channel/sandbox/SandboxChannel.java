package dev.warren.mcp.channel.sandbox;

import dev.warren.ExecRequest;
import dev.warren.ProcessExit;
import dev.warren.ProcessListener;
import dev.warren.Sandbox;
import dev.warren.SandboxException;
import dev.warren.SandboxException.Code;
import dev.warren.SandboxProcess;
import dev.warren.SandboxProcesses.Scope;
import dev.warren.mcp.channel.ServerExit;
import dev.warren.mcp.channel.StdioChannel;
import dev.warren.mcp.internal.thread.DetachedTask;
import java.io.IOException;

/** A process of a sandbox. */
final class SandboxChannel implements StdioChannel {
  private static final int SIGTERM = 15;

  private final Sandbox sandbox;
  private final String name;
  private final SandboxProcess process;

  private SandboxChannel(Sandbox sandbox, String name, SandboxProcess process) {
    this.sandbox = sandbox;
    this.name = name;
    this.process = process;
  }

  /**
   * @throws SandboxException as {@link dev.warren.SandboxProcesses#start}
   */
  public static SandboxChannel start(Sandbox sandbox, ExecRequest request, Receiver receiver) {
    Output output = new Output(receiver);
    SandboxProcess process = sandbox.processes().start(request, output);
    return new SandboxChannel(sandbox, request.argv().get(0), process);
  }

  @Override
  public void write(byte[] bytes, int offset, int length) throws IOException {
    process.stdin().write(bytes, offset, length);
  }

  @Override
  public void closeInput() {
    try {
      process.stdin().close();
    } catch (IOException e) {
      // It does not read any more, which is all that was wanted.
    }
  }

  @Override
  public void terminate() {
    DetachedTask.run(
        "terminate MCP server",
        () -> sandbox.processes().signal(process.id(), SIGTERM, Scope.TREE));
  }

  @Override
  public void kill() {
    process.cancel();
    // Where the sandbox does not answer, this gives up after a while, and says so to the receiver.
    DetachedTask.run("end MCP server", process::close);
  }

  @Override
  public String toString() {
    return name + " in " + sandbox;
  }

  private record Output(Receiver receiver) implements ProcessListener {
    @Override
    public void stdout(byte[] data) {
      receiver.stdout(data);
    }

    @Override
    public void stderr(byte[] data) {
      receiver.stderr(data);
    }

    @Override
    public void gap(boolean stderr, long bytes) {
      if (!stderr) {
        // The process waits when nobody reads its stdout, so there is no gap; if there is one, the
        // conversation cannot be trusted any more. The exception makes the channel end.
        throw SandboxException.of(Code.DATA_LOSS, "read from MCP server", "stdout")
            .detail(bytes + " bytes are missing")
            .build();
      }
    }

    @Override
    public void longLine(long length, byte[] head, byte[] tail) {
      receiver.longLine(length, head, tail);
    }

    @Override
    public void exited(ProcessExit exit) {
      receiver.ended(
          new ServerExit.Exited(
              exit.code(),
              exit.signal(),
              exit.cause() == ProcessExit.Cause.OUT_OF_MEMORY,
              exit.stderrTail()));
    }

    @Override
    public void failed(SandboxException failure) {
      receiver.ended(new ServerExit.Lost(failure));
    }
  }
}
