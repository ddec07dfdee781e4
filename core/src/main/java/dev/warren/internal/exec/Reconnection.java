package dev.warren.internal.exec;

import dev.warren.SandboxException;
import dev.warren.SandboxException.Code;
import dev.warren.bridge.v1.ProcessInput;
import dev.warren.internal.concurrent.Retries;
import dev.warren.internal.concurrent.RetryPolicy.Series;
import dev.warren.internal.connection.BridgeConnection;
import dev.warren.internal.connection.ConnectionSource;
import dev.warren.internal.connection.ConnectorThreads;
import io.grpc.Status;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Decides what follows when a stream of a process has ended without the process's end: another
 * stream, and when, or the verdict. Used by one thread at a time.
 */
final class Reconnection {
  private static final long PATIENCE_NANOS = Retries.PROCESS_PATIENCE.toNanos();

  /** A client that has just left may still seem to be attached. */
  private static final long LEFT_NANOS = TimeUnit.MILLISECONDS.toNanos(300);

  private static final long STEADY_NANOS = TimeUnit.SECONDS.toNanos(1);

  private final ProcessTarget target;
  private final Executor executor;
  private final long begun = System.nanoTime();
  private @Nullable ConnectorThreads threads;
  private String instance = "";
  private long awaySince = begun;
  private long attachedAt;
  private boolean attached;
  private @Nullable Series attempts; // since the stream broke; null while it brings something
  private final Series starts = Retries.PROCESS_START.begin();
  private boolean startedAgain;

  Reconnection(ProcessTarget target, Executor executor) {
    this.target = target;
    this.executor = executor;
  }

  void connected(BridgeConnection connection) {
    threads = connection.threads();
    instance = connection.instance();
  }

  void attached() {
    attached = true;
    attachedAt = System.nanoTime();
  }

  /** The stream has brought something. */
  void progress() {
    attempts = null;
  }

  boolean isSameBoot(BridgeConnection connection) {
    return connection.instance().equals(instance);
  }

  /** Whether the stream ended for a reason that has nothing to do with the process. */
  static boolean isLoss(Status status, SandboxException why) {
    return why.reason().isEmpty()
        && switch (status.getCode()) {
          // OK too: without the process's end it is none.
          case OK, UNAVAILABLE, CANCELLED, INTERNAL, UNKNOWN -> true;
          default -> false;
        };
  }

  /** What to open the next stream with, if there shall be one. */
  Optional<ProcessInput> afterEnd(boolean lost, SandboxException why, ProcessInput attach) {
    long now = System.nanoTime();
    if (attempts == null
        || (attached && attachedAt - awaySince > 0 && now - attachedAt > STEADY_NANOS)) {
      awaySince = now;
      attempts = null;
    }
    if (why.code() == Code.CLOSED || now - awaySince > PATIENCE_NANOS) {
      return Optional.empty();
    }
    if (attached) {
      return lost ? Optional.of(attach) : Optional.empty();
    }
    return target.first().hasStart()
        ? settleStart(lost, why, attach)
        : repeatAttach(lost, why, now);
  }

  /** A start without an answer may have happened or not; asking for the process tells. */
  private Optional<ProcessInput> settleStart(
      boolean lost, SandboxException why, ProcessInput attach) {
    String reason = why.reason().orElse("");
    if (lost || (why.code() == Code.ALREADY_EXISTS && startedAgain)) {
      return Optional.of(attach);
    }
    boolean neverHappened = reason.equals("PROCESS_NOT_FOUND");
    if (neverHappened && starts.next(why).isPresent()) {
      startedAgain = true;
      return Optional.of(target.first());
    }
    return Optional.empty();
  }

  private Optional<ProcessInput> repeatAttach(boolean lost, SandboxException why, long now) {
    boolean justLeft =
        why.reason().orElse("").equals("ALREADY_ATTACHED") && now - begun < LEFT_NANOS;
    return lost || justLeft ? Optional.of(target.first()) : Optional.empty();
  }

  /** Whether a connection that could not be had now may be had later. */
  boolean mayTryAgain(SandboxException failure) {
    boolean passing = failure.code() == Code.UNAVAILABLE || failure.code() == Code.TIMEOUT;
    // What ran in a sandbox has ended with it, and will not be there when it is started again.
    boolean over = failure.reason().filter(ConnectionSource.NOT_RUNNING::equals).isPresent();
    return passing && !over && System.nanoTime() - awaySince <= PATIENCE_NANOS;
  }

  /** Runs an attempt: the first at once, the others after pauses that grow. */
  void later(SandboxException why, Runnable attempt) {
    if (attempts == null) {
      attempts = Retries.PROCESS_STREAM.begin();
    }
    long pause = attempts.next(why).orElseThrow();
    if (pause == 0) {
      executor.execute(attempt);
    } else {
      after(pause, attempt);
    }
  }

  void after(long nanos, Runnable task) {
    if (threads == null) {
      throw new IllegalStateException("not connected yet");
    }
    threads.later(() -> executor.execute(task), nanos);
  }

  /** What is reported when there is no next stream. */
  SandboxException verdict(boolean lost, SandboxException why) {
    if (lost) {
      return target
          .error(Code.UNAVAILABLE, "the connection to its sandbox was lost; its end is unknown")
          .cause(why)
          .build();
    }
    if (attached && why.code() == Code.NOT_FOUND) {
      boolean forgotten = why.reason().orElse("").equals("PROCESS_NOT_FOUND");
      return target
          .error(
              Code.UNAVAILABLE,
              forgotten
                  ? "its sandbox has forgotten it; its end is unknown"
                  : "its sandbox is gone; its end is unknown")
          .cause(why)
          .build();
    }
    return why;
  }
}
