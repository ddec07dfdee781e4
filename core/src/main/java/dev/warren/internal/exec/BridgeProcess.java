package dev.warren.internal.exec;

import dev.warren.ProcessExit;
import dev.warren.SandboxException;
import dev.warren.SandboxException.Code;
import dev.warren.SandboxProcess;
import dev.warren.SandboxProcesses;
import dev.warren.internal.connection.StatusMapper;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** A process this client is attached to. Thread-safe, except that each stream is for one thread. */
final class BridgeProcess implements SandboxProcess {
  private static final int MAX_TERMINAL = 0xFFFF;
  private static final Duration CLOSE_WAIT = Duration.ofSeconds(10);

  private final SandboxProcesses processes;
  private final ProcessSession session;
  private final ProcessTarget target;
  private final long pid;
  private final @Nullable PipeSink pipes;
  private final boolean terminal;
  private final BooleanSupplier kept;
  private final StdinStream stdin;

  /**
   * @param pipes where its output is read; {@code null} with a listener
   * @param terminal whether it may have one
   * @param kept whether it lives on without a client; asked at most once
   */
  BridgeProcess(
      SandboxProcesses processes,
      ProcessSession session,
      ProcessTarget target,
      long pid,
      @Nullable PipeSink pipes,
      boolean terminal,
      BooleanSupplier kept) {
    this.processes = processes;
    this.session = session;
    this.target = target;
    this.pid = pid;
    this.pipes = pipes;
    this.terminal = terminal;
    this.kept = kept;
    this.stdin = new StdinStream(session.input());
  }

  @Override
  public String id() {
    return target.id();
  }

  @Override
  public long pid() {
    return pid;
  }

  @Override
  public OutputStream stdin() {
    return stdin;
  }

  @Override
  public InputStream stdout() {
    return pipe(false);
  }

  @Override
  public InputStream stderr() {
    return pipe(true);
  }

  private InputStream pipe(boolean isStderr) {
    if (pipes == null) {
      throw new IllegalStateException("the output of this process goes to its listener");
    }
    return pipes.pipe(isStderr);
  }

  @Override
  public void resize(int columns, int rows) {
    if (columns < 1 || columns > MAX_TERMINAL || rows < 1 || rows > MAX_TERMINAL) {
      throw SandboxException.invalid(
          "resize", target.subject(), "columns and rows are 1 to " + MAX_TERMINAL);
    }
    if (!terminal) {
      throw error("resize", Code.CONFLICT, "it has no terminal");
    }
    requireAttached("resize");
    session.resize(columns, rows);
  }

  @Override
  public void signal(int number) {
    requireAttached("signal");
    processes.signal(target.id(), number, SandboxProcesses.Scope.GROUP);
  }

  @Override
  public void cancel() {
    session.cancel();
  }

  @Override
  public CompletableFuture<ProcessExit> onExit() {
    return session.exit().copy();
  }

  @Override
  public ProcessExit await(Duration timeout) {
    try {
      return session.exit().get(timeout.toNanos(), TimeUnit.NANOSECONDS);
    } catch (TimeoutException e) {
      throw SandboxException.of(Code.TIMEOUT, "await", target.subject())
          .detail("it has not ended within " + timeout.toMillis() + " ms")
          .cause(e)
          .build();
    } catch (InterruptedException e) {
      throw StatusMapper.interrupted("await", target.subject(), e);
    } catch (ExecutionException e) {
      throw (SandboxException) e.getCause(); // the session completes it with nothing else
    }
  }

  @Override
  public void detach() {
    session.detach();
  }

  @Override
  public void close() {
    if (session.isEnded() || session.isLeft()) {
      return;
    }
    if (kept.getAsBoolean()) {
      session.detach();
      return;
    }
    session.cancel();
    try {
      await(CLOSE_WAIT);
    } catch (SandboxException e) {
      // Its end is asked for; that it cannot be awaited is not the concern of who closes.
      session.fail(e);
    }
  }

  private void requireAttached(String operation) {
    if (session.isLeft()) {
      throw error(operation, Code.CLOSED, "this client has detached");
    }
  }

  private SandboxException error(String operation, Code code, String detail) {
    return SandboxException.of(code, operation, target.subject()).detail(detail).build();
  }

  @Override
  public String toString() {
    return "SandboxProcess[" + target.id() + "]";
  }
}
