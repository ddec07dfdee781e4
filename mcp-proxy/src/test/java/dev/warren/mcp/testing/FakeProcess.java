package dev.warren.mcp.testing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.warren.SandboxException;
import dev.warren.mcp.Json;
import dev.warren.mcp.channel.ServerExit;
import dev.warren.mcp.channel.StdioChannel;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * One process of a {@link FakeServer}, seen from the server's side. Output reaches the client in
 * the order of these calls, on one thread of its own. A process ends by itself at the end of its
 * stdin (0), at SIGTERM (143) and at SIGKILL (137), unless it is told not to. Thread-safe.
 */
public final class FakeProcess implements StdioChannel, AutoCloseable {
  private static final long WAIT_SECONDS = 20;

  private final Receiver receiver;
  private final String name;
  private final ExecutorService output;
  private final ExecutorService script;
  private final BlockingQueue<String> lines = new LinkedBlockingQueue<>();
  private final List<String> events = new CopyOnWriteArrayList<>();
  private final ByteArrayOutputStream partial = new ByteArrayOutputStream();
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final AtomicInteger writes = new AtomicInteger();
  private boolean reading = true;
  private boolean stdinOpen = true;
  private boolean over;
  private boolean blocked;
  private volatile boolean ignoresEof;
  private volatile boolean ignoresTerm;
  private volatile boolean ignoresKill;
  private volatile @Nullable BiConsumer<FakeProcess, String> onLine;

  FakeProcess(Receiver receiver, int number) {
    this.receiver = receiver;
    this.name = "fake-" + number;
    this.output = thread(name + "-output");
    this.script = thread(name + "-script");
  }

  // --- what a script does ---

  /** Takes each line instead of {@link #expect}, on a thread of the server. */
  public FakeProcess onLine(BiConsumer<FakeProcess, String> action) {
    onLine = action;
    return this;
  }

  /** The next line from the client, without its LF. */
  public String expect() {
    try {
      String line = lines.poll(WAIT_SECONDS, TimeUnit.SECONDS);
      assertThat(line).as("a line from the client").isNotNull();
      return line;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("interrupted while waiting for a line", e);
    }
  }

  /** The next line, which must be a message with this method. */
  public Json expect(String method) {
    String line = expect();
    Json message = Json.parse(line);
    assertThat(message.string("/method")).as("method of " + line).contains(method);
    return message;
  }

  /** Lines that came and were not expected yet. */
  public List<String> unexpected() {
    return List.copyOf(lines);
  }

  /** Writes a line to stdout. */
  public FakeProcess send(String line) {
    return raw((line + "\n").getBytes(StandardCharsets.UTF_8));
  }

  /** Answers a request with a result (JSON text). */
  public FakeProcess reply(Json request, String result) {
    return send("{\"jsonrpc\":\"2.0\",\"id\":" + id(request) + ",\"result\":" + result + "}");
  }

  /** Answers a request with an error. */
  public FakeProcess replyError(Json request, int code, String message) {
    return send(
        "{\"jsonrpc\":\"2.0\",\"id\":"
            + id(request)
            + ",\"error\":{\"code\":"
            + code
            + ",\"message\":"
            + Json.of(message)
            + "}}");
  }

  /** Writes bytes to stdout, in one piece. */
  public FakeProcess raw(byte... bytes) {
    deliver(() -> receiver.stdout(bytes));
    return this;
  }

  public FakeProcess stderr(String text) {
    return stderr(text.getBytes(StandardCharsets.UTF_8));
  }

  public FakeProcess stderr(byte... bytes) {
    deliver(() -> receiver.stderr(bytes));
    return this;
  }

  public FakeProcess longLine(long length, String head, String tail) {
    deliver(
        () ->
            receiver.longLine(
                length,
                head.getBytes(StandardCharsets.UTF_8),
                tail.getBytes(StandardCharsets.UTF_8)));
    return this;
  }

  /** Reads no stdin for now: the client's writes block. */
  public FakeProcess stopReading() {
    return change(() -> reading = false);
  }

  public FakeProcess readAgain() {
    return change(() -> reading = true);
  }

  /** Closes stdin from the server's side: the client's writes fail. */
  public FakeProcess closeStdin() {
    return change(() -> stdinOpen = false);
  }

  public FakeProcess closeStdout() {
    deliver(receiver::stdoutClosed);
    return this;
  }

  public FakeProcess ignoreEof() {
    ignoresEof = true;
    return this;
  }

  public FakeProcess ignoreTerm() {
    ignoresTerm = true;
    return this;
  }

  /** As when the kernel cannot end it, or a grandchild holds its streams open. */
  public FakeProcess ignoreKill() {
    ignoresKill = true;
    return this;
  }

  /** Ends by itself. */
  public void exit(int code) {
    end(new ServerExit.Exited(code, 0, false, ""));
  }

  /** Ends by a signal, perhaps of the kernel for want of memory. */
  public void killed(int signal, boolean outOfMemory) {
    end(new ServerExit.Exited(128 + signal, signal, outOfMemory, ""));
  }

  /** Gets out of reach. */
  public void lose(SandboxException cause) {
    end(new ServerExit.Lost(cause));
  }

  /** Ends in any way; all output so far is delivered before. */
  public void end(ServerExit exit) {
    lock.lock();
    try {
      if (over) {
        return;
      }
      over = true;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
    deliver(() -> receiver.ended(exit));
  }

  /** What was done to the process: {@code eof}, {@code term}, {@code kill}. */
  public List<String> events() {
    return List.copyOf(events);
  }

  /** How often the client wrote. */
  public int writes() {
    return writes.get();
  }

  /** Whether a write of the client waits for this process to read. */
  public boolean isBlockingAWrite() {
    lock.lock();
    try {
      return blocked;
    } finally {
      lock.unlock();
    }
  }

  /** Returns once all output so far was taken by the client. */
  public void flushed() {
    try {
      output.submit(() -> {}).get(WAIT_SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("interrupted", e);
    } catch (Exception e) {
      throw new AssertionError("the client does not take output", e);
    }
  }

  @Override
  public void close() {
    exit(0);
    output.shutdown();
    script.shutdownNow();
  }

  // --- what a client does ---

  @Override
  public void write(byte[] bytes, int offset, int length) throws IOException {
    lock.lock();
    try {
      while (!reading && stdinOpen && !over) {
        blocked = true;
        changed.await();
      }
      if (!stdinOpen || over) {
        throw new IOException("Broken pipe");
      }
    } catch (InterruptedException e) {
      throw new IOException("interrupted", e);
    } finally {
      blocked = false;
      lock.unlock();
    }
    writes.incrementAndGet();
    for (int i = offset; i < offset + length; i++) {
      if (bytes[i] == '\n') {
        received(partial.toString(StandardCharsets.UTF_8));
        partial.reset();
      } else {
        partial.write(bytes[i]);
      }
    }
  }

  @Override
  public void closeInput() {
    events.add("eof");
    if (!ignoresEof) {
      exit(0);
    }
  }

  @Override
  public void terminate() {
    events.add("term");
    if (!ignoresTerm) {
      killed(15, false);
    }
  }

  @Override
  public void kill() {
    events.add("kill");
    change(() -> stdinOpen = false);
    if (!ignoresKill) {
      killed(9, false);
    }
  }

  @Override
  public String toString() {
    return name;
  }

  private void received(String line) {
    BiConsumer<FakeProcess, String> action = onLine;
    if (action == null) {
      lines.add(line);
    } else {
      run(script, () -> action.accept(this, line));
    }
  }

  private void deliver(Runnable task) {
    run(output, task);
  }

  private static void run(ExecutorService executor, Runnable task) {
    try {
      executor.execute(task);
    } catch (RejectedExecutionException closed) {
      // the test is over
    }
  }

  private FakeProcess change(Runnable how) {
    lock.lock();
    try {
      how.run();
      changed.signalAll();
    } finally {
      lock.unlock();
    }
    return this;
  }

  private static String id(Json request) {
    return request.at("/id").orElseThrow().toString();
  }

  private static ExecutorService thread(String name) {
    return Executors.newSingleThreadExecutor(
        task -> {
          Thread thread = new Thread(task, name);
          thread.setDaemon(true);
          return thread;
        });
  }
}
