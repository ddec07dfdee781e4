package dev.warren.testkit.internal.fake;

import dev.warren.testkit.FakeCommand;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

/**
 * A command that runs in a thread. It has ended when the thread has, or when a signal ended it; the
 * thread is then interrupted, and can write no more. Thread-safe.
 */
public final class FakeProcess {
  public static final int SIGKILL = 9;

  /** Those that do nothing unless they are handled: SIGCHLD, SIGCONT, SIGURG, SIGWINCH. */
  private static final Set<Integer> IGNORED = Set.of(17, 18, 23, 28);

  private static final AtomicLong PIDS = new AtomicLong(100);

  private final FakeCommand command;
  private final Launch launch;
  private final Consumer<Ending> onEnd;
  private final Map<Integer, Runnable> handlers = new ConcurrentHashMap<>();
  private final AtomicBoolean ended = new AtomicBoolean();
  private final CompletableFuture<Ending> end = new CompletableFuture<>();
  private final Thread thread;
  private final long pid = PIDS.incrementAndGet();

  /**
   * @param onEnd called once, before anybody who waits for the end goes on
   */
  public FakeProcess(FakeCommand command, Launch launch, Consumer<Ending> onEnd) {
    this.command = command;
    this.launch = launch;
    this.onEnd = onEnd;
    this.thread = new Thread(this::run, "fake-" + launch.argv().get(0) + "-" + pid);
    thread.setDaemon(true);
  }

  /**
   * How it ended.
   *
   * @param signal 0 when it exited
   */
  public record Ending(int code, int signal) {}

  public void start() {
    thread.start();
  }

  public long pid() {
    return pid;
  }

  public boolean running() {
    return !ended.get();
  }

  public void signal(int number) {
    Runnable handler = number == SIGKILL ? null : handlers.get(number);
    if (handler != null) {
      if (running()) {
        handler.run();
      }
    } else if (!IGNORED.contains(number)) {
      finish(new Ending(128 + number, number));
    }
  }

  void onSignal(int number, Runnable handler) {
    handlers.put(number, handler);
  }

  /** Whether it ended in time. A thread that was killed gets a moment to notice. */
  public boolean await(Duration timeout) throws InterruptedException {
    try {
      end.get(timeout.toNanos(), TimeUnit.NANOSECONDS);
      thread.join(1000);
      return true;
    } catch (TimeoutException e) {
      return false;
    } catch (ExecutionException e) {
      throw new IllegalStateException(e);
    }
  }

  private void run() {
    int code = 1;
    Invocation invocation = new Invocation(this, launch);
    try {
      code = command.run(invocation);
      invocation.stdout().flush();
      invocation.stderr().flush();
    } catch (Exception | AssertionError e) {
      complain(invocation.stderr(), e);
    } finally {
      finish(new Ending(code & 0xFF, 0));
    }
  }

  private void complain(OutputStream stderr, Throwable failure) {
    try {
      stderr.write((launch.argv().get(0) + ": " + failure + "\n").getBytes(StandardCharsets.UTF_8));
    } catch (IOException e) {
      // Nobody listens.
    }
  }

  private void finish(Ending ending) {
    if (ended.compareAndSet(false, true)) {
      onEnd.accept(ending);
      end.complete(ending);
      if (ending.signal() != 0) {
        thread.interrupt();
      }
    }
  }
}
