package dev.warren.mcp.channel;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;

/** Keeps what a server wrote, and notices calls that overlap or come after the end. */
public final class RecordingReceiver implements StdioChannel.Receiver {
  private final ByteArrayOutputStream stdout = new ByteArrayOutputStream();
  private final ByteArrayOutputStream stderr = new ByteArrayOutputStream();
  private final CompletableFuture<ServerExit> end = new CompletableFuture<>();
  private final AtomicInteger inside = new AtomicInteger();
  private volatile boolean disorder;
  private long longLine;
  private boolean stdoutClosed;

  @Override
  public void stdout(byte[] bytes) {
    take(() -> stdout.writeBytes(bytes));
  }

  @Override
  public void longLine(long length, byte[] head, byte[] tail) {
    take(() -> longLine = length);
  }

  @Override
  public void stdoutClosed() {
    take(() -> stdoutClosed = true);
  }

  public synchronized boolean isStdoutClosed() {
    return stdoutClosed;
  }

  @Override
  public void stderr(byte[] bytes) {
    take(() -> stderr.writeBytes(bytes));
  }

  @Override
  public void ended(ServerExit exit) {
    take(() -> {});
    if (!end.complete(exit)) {
      disorder = true;
    }
  }

  private void take(Runnable delivery) {
    if (inside.incrementAndGet() != 1 || end.isDone()) {
      disorder = true;
    }
    synchronized (this) {
      delivery.run();
      notifyAll();
    }
    inside.decrementAndGet();
  }

  public synchronized String stdout() {
    return stdout.toString(StandardCharsets.UTF_8);
  }

  synchronized byte[] stdoutBytes() {
    return stdout.toByteArray();
  }

  public synchronized String stderr() {
    return stderr.toString(StandardCharsets.UTF_8);
  }

  public synchronized long longLine() {
    return longLine;
  }

  public boolean isInDisorder() {
    return disorder;
  }

  /** Waits until what was delivered fulfils a condition. */
  public synchronized void await(BooleanSupplier condition) throws InterruptedException {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
    while (!condition.getAsBoolean()) {
      long left = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
      if (left <= 0) {
        throw new AssertionError("not within 30 s; stdout " + stdout + ", stderr " + stderr);
      }
      wait(left);
    }
  }

  public ServerExit.Exited exit() throws Exception {
    return (ServerExit.Exited) end.get(30, TimeUnit.SECONDS);
  }

  public ServerExit end() throws Exception {
    return end.get(30, TimeUnit.SECONDS);
  }

  public boolean hasEnded() {
    return end.isDone();
  }
}
