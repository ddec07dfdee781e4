package dev.warren.testkit.internal.fake;

import dev.warren.testkit.FakeInvocation;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** A command's view of its process. */
final class Invocation implements FakeInvocation {
  private final FakeProcess process;
  private final Launch launch;
  private final OutputStream stdout;
  private final OutputStream stderr;

  Invocation(FakeProcess process, Launch launch) {
    this.process = process;
    this.launch = launch;
    this.stdout = new WhileRunning(launch.stdout());
    this.stderr = new WhileRunning(launch.stderr());
  }

  /** Another command in the same process, as a shell's own commands are. */
  Invocation with(Launch other) {
    return new Invocation(process, other);
  }

  Launch launch() {
    return launch;
  }

  @Override
  public List<String> argv() {
    return launch.argv();
  }

  @Override
  public Map<String, String> env() {
    return launch.env();
  }

  @Override
  public String workingDirectory() {
    return launch.workingDirectory();
  }

  @Override
  public Path path(String sandboxPath) throws IOException {
    return SandboxPaths.resolve(launch.layer(), launch.workingDirectory(), sandboxPath, true);
  }

  @Override
  public InputStream stdin() {
    return launch.stdin();
  }

  @Override
  public OutputStream stdout() {
    return stdout;
  }

  @Override
  public OutputStream stderr() {
    return stderr;
  }

  @Override
  public void onSignal(int number, Runnable handler) {
    process.onSignal(number, handler);
  }

  /** A process that was killed writes nothing any more. */
  private final class WhileRunning extends FilterOutputStream {
    private WhileRunning(OutputStream out) {
      super(out);
    }

    @Override
    public void write(int b) throws IOException {
      write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int from, int length) throws IOException {
      if (!process.running()) {
        throw new IOException("the process was killed");
      }
      out.write(bytes, from, length);
    }
  }
}
