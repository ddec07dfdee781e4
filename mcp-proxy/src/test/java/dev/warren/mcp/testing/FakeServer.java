package dev.warren.mcp.testing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.warren.mcp.channel.StdioChannel;
import dev.warren.mcp.channel.StdioTransport;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * Starts {@link FakeProcess}es. What is given to the constructor prepares each of them before the
 * client can write: it may set a script ({@link FakeProcess#onLine}), or stall, or do nothing, and
 * the test then talks to {@link #process()} itself. Thread-safe.
 */
public final class FakeServer implements StdioTransport, AutoCloseable {
  private static final long WAIT_SECONDS = 20;

  private final Consumer<FakeProcess> prepare;
  private final List<FakeProcess> all = new CopyOnWriteArrayList<>();
  private final BlockingQueue<FakeProcess> started = new LinkedBlockingQueue<>();

  /** Processes without a script: the test speaks for them. */
  public FakeServer() {
    this(process -> {});
  }

  public FakeServer(Consumer<FakeProcess> prepare) {
    this.prepare = prepare;
  }

  @Override
  public StdioChannel start(StdioChannel.Receiver receiver) {
    FakeProcess process = new FakeProcess(receiver, all.size() + 1);
    all.add(process);
    prepare.accept(process);
    started.add(process);
    return process;
  }

  /** The next process that was started and not asked for yet; waits for it. */
  public FakeProcess process() {
    try {
      FakeProcess process = started.poll(WAIT_SECONDS, TimeUnit.SECONDS);
      assertThat(process).as("a started process").isNotNull();
      return process;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("interrupted while waiting for a process", e);
    }
  }

  /** How many were started. */
  public int starts() {
    return all.size();
  }

  /** Ends what still runs, and all threads. */
  @Override
  public void close() {
    all.forEach(FakeProcess::close);
  }
}
