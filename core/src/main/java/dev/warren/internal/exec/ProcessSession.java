package dev.warren.internal.exec;

import dev.warren.ProcessExit;
import dev.warren.SandboxException;
import dev.warren.SandboxException.Code;
import dev.warren.bridge.v1.Attached;
import dev.warren.bridge.v1.Cancel;
import dev.warren.bridge.v1.Exit;
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
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The conversation with one process, over as many streams as it takes: when one breaks, the next
 * goes on at the offset where it broke, in both directions. Thread-safe.
 *
 * <p>Frames and ends of streams are handled one at a time on the executor, in the order of their
 * streams. The session's lock guards which stream is the current one and what callers asked for
 * meanwhile (cancel, size, detach); what is written and what is read have locks of their own, in
 * {@link SessionInput} and {@link SessionOutput}.
 *
 * <p>Order of the locks: session → input or output, never both → {@link ProcessStream}, which is
 * held while sending. The sink, futures and leases are never called under any of them.
 */
final class ProcessSession implements ProcessStream.Owner {
  private static final ProcessInput CANCEL =
      ProcessInput.newBuilder().setCancel(Cancel.getDefaultInstance()).build();
  private static final long ACK_DELAY_NANOS = TimeUnit.MILLISECONDS.toNanos(50);
  private static final long PARTING_NANOS = TimeUnit.SECONDS.toNanos(1);
  private static final long LEAVE_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

  private final ProcessTarget target;
  private final OutputSink sink;
  private final Executor executor;
  private final Reconnection reconnection;
  private final SessionInput input = new SessionInput();
  private final SessionOutput output;
  private final CompletableFuture<Attached> started = new CompletableFuture<>();
  private final CompletableFuture<ProcessExit> exit = new CompletableFuture<>();

  private final ReentrantLock lock = new ReentrantLock();
  // All below is guarded by the lock; the volatile ones may be read without it.
  private @Nullable ProcessStream stream;
  private @Nullable Attached attached;
  private @Nullable Resize size;
  private boolean live; // the stream has answered
  private boolean cancelled;
  private volatile boolean leaving;
  private volatile boolean ended;

  ProcessSession(ProcessTarget target, OutputSink sink, Executor executor) {
    this.target = target;
    this.sink = sink;
    this.executor = executor;
    this.reconnection = new Reconnection(target, executor);
    this.output = new SessionOutput(target, sink);
  }

  SessionInput input() {
    return input;
  }

  SessionOutput output() {
    return output;
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
      output.begins(opened);
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
        case STDIN_ACCEPTED -> input.accepted(frame.getStdinAccepted());
        case EXIT -> exited(from, frame.getExit());
        case OUTPUT -> output.output(frame.getOutput());
        case GAP -> output.gap(frame.getGap());
        case LONG_LINE -> output.longLine(frame.getLongLine());
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
    if (output.consumed(from)) {
      reconnection.after(ACK_DELAY_NANOS, output::acknowledgeLate);
    }
  }

  private void attached(ProcessStream from, Attached frame) {
    lock.lock();
    try {
      boolean first = attached == null;
      attached = frame;
      live = true;
      reconnection.attached();
      output.attached();
      if (cancelled) {
        from.send(CANCEL);
      }
      if (size != null) {
        from.send(ProcessInput.newBuilder().setResize(size).build());
      }
      input.attached(from, frame, first);
    } finally {
      lock.unlock();
    }
    started.complete(frame);
  }

  private void exited(ProcessStream from, Exit frame) {
    Optional<String> missing = output.missingAt(frame);
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
      forgetStream();
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
    reconnection.later(why, () -> reconnect(next.get()));
  }

  private ProcessInput goOn() {
    lock.lock();
    try {
      long epoch = attached == null ? 0 : attached.getEpoch();
      ProcessAttach.Builder again = output.attach().setProcessId(target.id()).setEpoch(epoch);
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
        reconnection.later(e, () -> reconnect(first));
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

  /** The caller holds the lock. */
  private void forgetStream() {
    stream = null;
    input.lost();
    output.lost();
  }

  private SandboxException detached() {
    return target.error(Code.CLOSED, "this client has detached").build();
  }

  private boolean end() {
    lock.lock();
    try {
      boolean first = !ended;
      ended = true;
      input.end();
      output.end();
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
      forgetStream();
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
      input.leave();
      output.acknowledge();
      last = stream;
    } finally {
      lock.unlock();
    }
    if (last == null) {
      return; // the reconnection that is under way will see it
    }
    // A cancel overtakes what was sent just before it, and the acknowledgement should arrive.
    reconnection.after(LEAVE_NANOS, () -> last.cancel("detached"));
  }

  boolean isLeft() {
    return leaving;
  }

  boolean isEnded() {
    return ended;
  }
}
