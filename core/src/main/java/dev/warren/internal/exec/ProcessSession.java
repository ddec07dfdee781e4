package dev.warren.internal.exec;

import com.google.protobuf.ByteString;
import dev.warren.ProcessExit;
import dev.warren.SandboxException;
import dev.warren.SandboxException.Code;
import dev.warren.bridge.v1.Attached;
import dev.warren.bridge.v1.Cancel;
import dev.warren.bridge.v1.Exit;
import dev.warren.bridge.v1.LongLine;
import dev.warren.bridge.v1.Output;
import dev.warren.bridge.v1.ProcessAttach;
import dev.warren.bridge.v1.ProcessInput;
import dev.warren.bridge.v1.ProcessOutput;
import dev.warren.bridge.v1.Resize;
import dev.warren.internal.connection.ConnectionSource;
import dev.warren.internal.connection.Leases;
import io.grpc.Metadata;
import io.grpc.Status;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The conversation with one process, over as many streams as it takes: when one breaks, the next
 * goes on at the offset where it broke, in both directions. Thread-safe.
 *
 * <p>Frames are handled one at a time on the executor, in the order of their streams; what callers
 * do meanwhile (stdin, cancel, detach) and everything that is sent is under the lock. The sink is
 * never called under it.
 */
final class ProcessSession implements ProcessStream.Owner {
  private static final ProcessInput CANCEL =
      ProcessInput.newBuilder().setCancel(Cancel.getDefaultInstance()).build();
  private static final int ACK_BYTES = 128 << 10;
  private static final long ACK_DELAY_NANOS = TimeUnit.MILLISECONDS.toNanos(50);
  private static final long PARTING_NANOS = TimeUnit.SECONDS.toNanos(1);
  private static final long LEAVE_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

  private final ProcessTarget target;
  private final OutputSink sink;
  private final Executor executor;
  private final Reconnection reconnection;
  private final CompletableFuture<Attached> started = new CompletableFuture<>();
  private final CompletableFuture<ProcessExit> exit = new CompletableFuture<>();
  private final OutputOffsets offsets;

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition stdinChanged = lock.newCondition();
  // All below is guarded by the lock; the volatile ones may be read without it.
  private final StdinBuffer stdin = new StdinBuffer();
  private @Nullable ProcessStream stream;
  private @Nullable Attached attached;
  private @Nullable Resize size;
  private boolean live; // the stream has answered
  private int owed; // frames to ask for once the sink has room
  private boolean cancelled;
  private volatile boolean leaving;
  private volatile boolean ended;
  private boolean ackDue;

  ProcessSession(ProcessTarget target, OutputSink sink, Executor executor) {
    this.target = target;
    this.sink = sink;
    this.executor = executor;
    this.reconnection = new Reconnection(target, executor);
    this.offsets = new OutputOffsets(target.first().hasAttach());
  }

  /** Opens the first stream over a lease that it takes over; see {@link #started}. */
  void begin(ConnectionSource.Lease lease) {
    reconnection.connected(lease.connection());
    open(lease, target.first());
  }

  CompletableFuture<Attached> started() {
    return started;
  }

  CompletableFuture<ProcessExit> exit() {
    return exit;
  }

  private void open(ConnectionSource.Lease lease, ProcessInput first) {
    ProcessStream opened = ProcessStream.create(lease, first, executor);
    lock.lock();
    try {
      stream = opened;
      live = false;
      owed = 0;
      opened.begin(first, this);
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void onFrame(ProcessStream from, ProcessOutput frame) {
    if (!isCurrent(from)) {
      return;
    }
    try {
      switch (frame.getFrameCase()) {
        case ATTACHED -> attached(from, frame.getAttached());
        case STDIN_ACCEPTED ->
            withStdin(
                () ->
                    stdin.accepted(
                        frame.getStdinAccepted().getOffset(),
                        frame.getStdinAccepted().getBroken()));
        case EXIT -> exited(from, frame.getExit());
        case OUTPUT -> output(frame.getOutput());
        case GAP -> {
          long bytes = offsets.gap(frame.getGap());
          if (bytes > 0) {
            sink.gap(OutputOffsets.isStderr(frame.getGap().getStream()), bytes);
          }
        }
        case LONG_LINE -> {
          LongLine line = frame.getLongLine();
          if (offsets.longLine(line)) {
            boolean stderr = OutputOffsets.isStderr(line.getStream());
            sink.longLine(stderr, line.getLength(), line.getHead(), line.getTail());
          }
        }
        case FRAME_NOT_SET -> {} // newer than we are, and of no concern to us
      }
    } catch (OutputOffsets.HoleException e) {
      fail(target.error(Code.DATA_LOSS, e.getMessage()).build());
      return;
    } catch (RuntimeException e) {
      fail(target.error(Code.INTERNAL, "the listener of its output failed").cause(e).build());
      return;
    }
    if (!frame.hasAttached()) {
      reconnection.progress();
    }
    consumed(from);
  }

  private void output(Output output) throws OutputOffsets.HoleException {
    ByteString data = offsets.output(output);
    if (!data.isEmpty()) {
      sink.output(OutputOffsets.isStderr(output.getStream()), data);
    }
  }

  private void attached(ProcessStream from, Attached frame) {
    lock.lock();
    try {
      boolean first = attached == null;
      attached = frame;
      live = true;
      reconnection.attached();
      stdin.attached(
          frame.getStdinAccepted(), frame.getStdinClosed(), frame.getStdinWindow(), first);
      if (cancelled) {
        from.send(CANCEL);
      }
      if (size != null) {
        from.send(ProcessInput.newBuilder().setResize(size).build());
      }
      pumpStdin();
    } finally {
      lock.unlock();
    }
    started.complete(frame);
  }

  /** Asks for the next frame, and tells the bridge what it may forget. */
  private void consumed(ProcessStream from) {
    lock.lock();
    try {
      if (from != stream || ended) {
        return;
      }
      offsets.consume();
      if (sink.isFull()) {
        owed++;
      } else {
        from.request(1);
      }
      long unacknowledged = offsets.unacknowledged();
      if (unacknowledged >= Math.min(ACK_BYTES, target.journalBytes() / 8)) {
        acknowledge();
      } else if (unacknowledged > 0 && !ackDue && !target.attended()) {
        ackDue = true;
        reconnection.after(ACK_DELAY_NANOS, this::acknowledgeLate);
      }
    } finally {
      lock.unlock();
    }
  }

  private void acknowledgeLate() {
    lock.lock();
    try {
      ackDue = false;
      acknowledge();
    } finally {
      lock.unlock();
    }
  }

  private void acknowledge() {
    if (stream != null && live && offsets.unacknowledged() > 0) {
      stream.send(ProcessInput.newBuilder().setAck(offsets.acknowledge()).build());
    }
  }

  private void exited(ProcessStream from, Exit frame) {
    Optional<String> missing = offsets.missingAt(frame);
    if (missing.isPresent()) {
      fail(target.error(Code.DATA_LOSS, missing.get()).build());
      return;
    }
    if (!end()) {
      return;
    }
    from.release(false); // the bridge ends the call by itself
    ProcessExit result = ProcessMessages.exit(frame);
    started.complete(Attached.getDefaultInstance());
    try {
      sink.exited(result);
    } finally {
      exit.complete(result);
    }
  }

  @Override
  public void onEnd(ProcessStream from, Status status, Metadata trailers) {
    SandboxException why = target.map(status, trailers);
    boolean lost = Reconnection.isLoss(status, why);
    from.release(lost && status.getCode() != Status.Code.OK);
    lock.lock();
    try {
      if (from != stream || ended) {
        return;
      }
      stream = null;
      if (size != null && target.first().hasAttach() && why.code() == Code.INVALID_ARGUMENT) {
        size = null; // only the bridge knew that there is no terminal; the process is unharmed
        lost = true;
      }
      if (leaving) {
        lost = false;
        why = detached();
      }
    } finally {
      lock.unlock();
    }
    Optional<ProcessInput> next = reconnection.afterEnd(lost, why, goOn());
    if (next.isEmpty()) {
      fail(reconnection.verdict(lost, why));
      return;
    }
    reconnection.later(() -> reconnect(next.get()));
  }

  private ProcessInput goOn() {
    lock.lock();
    try {
      long epoch = attached == null ? 0 : attached.getEpoch();
      ProcessAttach.Builder again = offsets.attach().setProcessId(target.id()).setEpoch(epoch);
      // Nobody else knows an id that was just drawn: whoever seems attached is our lost stream.
      again.setTakeOver(attached == null && target.first().hasStart());
      return ProcessInput.newBuilder().setAttach(again).build();
    } finally {
      lock.unlock();
    }
  }

  private void reconnect(ProcessInput first) {
    if (isLeft()) {
      fail(detached());
      return;
    }
    if (isEnded()) {
      return;
    }
    ConnectionSource.Lease lease;
    try {
      lease = Leases.usable(target.source(), target.operation());
    } catch (SandboxException e) {
      if (reconnection.mayTryAgain(e)) {
        reconnection.later(() -> reconnect(first));
      } else {
        fail(reconnection.verdict(e.code() == Code.UNAVAILABLE, e));
      }
      return;
    }
    if (!reconnection.isSameBoot(lease.connection())) {
      lease.close();
      fail(
          target.error(Code.CONFLICT, "the sandbox was restarted, and its end is unknown").build());
      return;
    }
    open(lease, first);
  }

  private boolean isCurrent(ProcessStream from) {
    lock.lock();
    try {
      return from == stream && !ended && !leaving;
    } finally {
      lock.unlock();
    }
  }

  private SandboxException detached() {
    return target.error(Code.CLOSED, "this client has detached").build();
  }

  private boolean end() {
    lock.lock();
    try {
      boolean first = !ended;
      ended = true;
      stdinChanged.signalAll();
      return first;
    } finally {
      lock.unlock();
    }
  }

  /** Ends the conversation; what becomes of the process is then the bridge's affair. */
  void fail(SandboxException failure) {
    ProcessStream last;
    lock.lock();
    try {
      last = stream;
      stream = null;
      if (last != null) {
        last.cancel("no longer needed");
      }
    } finally {
      lock.unlock();
    }
    if (last != null) {
      last.release(false);
    }
    if (!end()) {
      return;
    }
    boolean neverStarted = started.completeExceptionally(failure);
    try {
      if (!neverStarted || target.attended()) { // else the caller gets it as an exception
        sink.failed(failure);
      }
    } finally {
      exit.completeExceptionally(failure);
    }
  }

  /** The sink has room again. */
  void resume() {
    lock.lock();
    try {
      if (owed > 0 && stream != null && !sink.isFull()) {
        stream.request(owed);
        owed = 0;
      }
    } finally {
      lock.unlock();
    }
  }

  void cancel() {
    lock.lock();
    try {
      if (!cancelled && !ended) {
        cancelled = true;
        if (stream != null) {
          stream.send(CANCEL);
        }
      }
    } finally {
      lock.unlock();
    }
  }

  void resize(int columns, int rows) {
    lock.lock();
    try {
      size = Resize.newBuilder().setColumns(columns).setRows(rows).build();
      if (stream != null && live) {
        stream.send(ProcessInput.newBuilder().setResize(size).build());
      }
    } finally {
      lock.unlock();
    }
  }

  /** Fails, once a cancel had time to arrive; leaving at once could overtake it. */
  void abandonSoon(SandboxException why) {
    reconnection.after(PARTING_NANOS, () -> fail(why));
  }

  /** Leaves the process running, with what was consumed acknowledged. */
  void detach() {
    ProcessStream last;
    lock.lock();
    try {
      if (ended || leaving) {
        return;
      }
      leaving = true;
      stdinChanged.signalAll();
      acknowledge();
      last = stream;
    } finally {
      lock.unlock();
    }
    if (last == null) {
      return; // the reconnection that is under way will see it
    }
    // A cancel overtakes what was sent just before it, and the acknowledgement should arrive.
    reconnection.after(
        LEAVE_NANOS,
        () -> {
          lock.lock();
          try {
            last.cancel("detached");
          } finally {
            lock.unlock();
          }
        });
  }

  boolean isLeft() {
    return leaving;
  }

  boolean isEnded() {
    return ended;
  }

  /** Adds to stdin, whatever its length: for input that is in memory anyway. */
  void feed(ByteString data) {
    withStdin(
        () -> {
          stdin.add(data);
          stdin.close();
        });
  }

  /**
   * Adds some of the bytes to stdin, waiting until the bridge takes any.
   *
   * @return how many; -1 when the process does not read them any more
   */
  int write(byte[] bytes, int offset, int length) throws InterruptedException {
    lock.lockInterruptibly();
    try {
      while (!stdin.hasRoom() && !ended && !leaving) {
        stdinChanged.await();
      }
      if (ended || leaving || stdin.isBroken() || stdin.isClosing()) {
        return -1;
      }
      int count = (int) Math.min(length, stdin.room());
      stdin.add(ByteString.copyFrom(bytes, offset, count));
      pumpStdin();
      return count;
    } finally {
      lock.unlock();
    }
  }

  void closeStdin() {
    withStdin(stdin::close);
  }

  private void withStdin(Runnable change) {
    lock.lock();
    try {
      change.run();
      pumpStdin();
      stdinChanged.signalAll();
    } finally {
      lock.unlock();
    }
  }

  private void pumpStdin() {
    if (stream == null || !live || leaving) {
      return;
    }
    for (ProcessInput frame = stdin.next(); frame != null; frame = stdin.next()) {
      stream.send(frame);
    }
    stdinChanged.signalAll();
  }
}
