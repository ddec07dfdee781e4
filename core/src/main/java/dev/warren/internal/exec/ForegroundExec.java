package dev.warren.internal.exec;

import com.google.protobuf.UnsafeByteOperations;
import dev.warren.ExecRequest;
import dev.warren.ExecResult;
import dev.warren.SandboxException;
import dev.warren.SandboxException.Code;
import dev.warren.internal.connection.CallerExecutor;
import dev.warren.internal.connection.Leases;
import dev.warren.internal.connection.StatusMapper;
import java.time.Duration;

/**
 * Runs one command to its end on the thread that wants its result: that thread also handles the
 * frames, so no other one is involved. For one thread.
 */
final class ForegroundExec {
  /** The bridge ends the command in time; this is for a bridge that does not. */
  private static final Duration SAFETY = Duration.ofSeconds(15);

  /** After an interrupt the caller waits this long to see the command end. */
  private static final Duration PARTING = Duration.ofSeconds(1);

  private final CallerExecutor callbacks = new CallerExecutor();
  private final ProcessTarget target;
  private final ExecRequest request;
  private final CaptureSink capture;
  private final ProcessSession session;

  ForegroundExec(ProcessTarget target, ExecRequest request) {
    this.target = target;
    this.request = request;
    this.capture = new CaptureSink(request.captureLimit());
    this.session = new ProcessSession(target, capture, callbacks);
  }

  /**
   * @throws SandboxException see {@link dev.warren.SandboxProcesses#exec}
   */
  ExecResult run() {
    request
        .stdin()
        .ifPresent(bytes -> session.input().feed(UnsafeByteOperations.unsafeWrap(bytes)));
    session.begin(Leases.usable(target.source(), target.operation()));
    long limit =
        request
            .timeout()
            .map(timeout -> timeout.plus(request.killGrace()).plus(SAFETY).toNanos())
            .orElse(Long.MAX_VALUE);
    try {
      if (!await(limit)) {
        session.cancel();
        session.fail(target.error(Code.TIMEOUT, "the bridge did not end it in time").build());
      }
    } catch (InterruptedException e) {
      throw interrupted(e);
    } finally {
      callbacks.leave();
    }
    return capture.result();
  }

  /** Handles frames until the end is known; false when the time is over. */
  private boolean await(long nanos) throws InterruptedException {
    long begin = System.nanoTime();
    callbacks.runAll();
    while (!capture.isDone()) {
      if (nanos == Long.MAX_VALUE) {
        callbacks.await();
        continue;
      }
      long left = nanos - (System.nanoTime() - begin);
      if (left <= 0 || !callbacks.await(left)) {
        return capture.isDone();
      }
    }
    return true;
  }

  private SandboxException interrupted(InterruptedException cause) {
    session.cancel();
    Duration wait = request.killGrace().plus(PARTING);
    try {
      await(wait.toNanos());
    } catch (InterruptedException again) {
      cause.addSuppressed(again); // whoever insists need not wait
    }
    SandboxException interrupted =
        StatusMapper.interrupted(target.operation(), target.subject(), cause);
    session.fail(interrupted);
    return interrupted;
  }
}
