package dev.warren.mcp.internal.rpc;

import dev.warren.SandboxException;
import dev.warren.SandboxException.Code;
import dev.warren.mcp.channel.ServerExit;
import dev.warren.mcp.channel.StdioChannel;
import java.time.Duration;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Ends a server step by step: what waits is written and stdin ends; SIGTERM; SIGKILL; given up.
 * Each step comes when the one before did not help in its time. Thread-safe.
 */
final class Shutdown {
  /** How often a writer that may be stuck is looked at. */
  private static final long FLUSH_LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

  private static final int FLUSH_LOOKS = 5;

  private final RpcOptions options;
  private final StdioChannel channel;
  private final Outbox outbox;
  private final Consumer<ServerExit> gaveUp;
  private final AtomicReference<@Nullable Future<?>> next = new AtomicReference<>();
  private volatile boolean ended;

  Shutdown(RpcOptions options, StdioChannel channel, Outbox outbox, Consumer<ServerExit> gaveUp) {
    this.options = options;
    this.channel = channel;
    this.outbox = outbox;
    this.gaveUp = gaveUp;
  }

  /** The first step; once. */
  void begin() {
    outbox.finish();
    later(() -> flush(1), FLUSH_LOOK_NANOS);
  }

  /** Skips to SIGKILL. */
  void kill() {
    outbox.abort();
    channel.kill();
    later(this::giveUp, nanos(options.killGrace()));
  }

  /** The server has ended: no more steps. */
  void ended() {
    ended = true;
    Future<?> step = next.get();
    if (step != null) {
      step.cancel(false);
    }
    outbox.abort();
  }

  /** A server that does not even read cannot learn that its stdin has ended. */
  private void flush(int looks) {
    if (outbox.isFinished()) {
      later(this::terminate, nanos(options.stdinGrace()));
    } else if (looks < FLUSH_LOOKS) {
      later(() -> flush(looks + 1), FLUSH_LOOK_NANOS);
    } else {
      terminate();
    }
  }

  private void terminate() {
    channel.terminate();
    later(this::kill, nanos(options.termGrace()));
  }

  private void giveUp() {
    gaveUp.accept(
        new ServerExit.Lost(
            SandboxException.of(Code.UNAVAILABLE, "end", channel.toString())
                .detail("the server did not end within " + options.killGrace() + " of SIGKILL")
                .build()));
  }

  private void later(Runnable step, long delay) {
    next.set(
        options
            .timer()
            .schedule(
                () -> {
                  if (!ended) {
                    step.run();
                  }
                },
                delay));
  }

  private static long nanos(Duration time) {
    return TimeUnit.NANOSECONDS.convert(time);
  }
}
