package dev.warren.mcp.internal.session;

import dev.warren.SandboxException;
import dev.warren.SandboxException.Code;
import dev.warren.mcp.Json;
import dev.warren.mcp.McpState;
import dev.warren.mcp.internal.thread.CallbackThreads;
import dev.warren.mcp.internal.thread.Timer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BiConsumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The states of a session and the way from one to the next: one process at a time, started by the
 * first who wants it, for all who want it. No lock is held while a process is started, ended or
 * talked to. Thread-safe.
 */
final class Lifecycle {
  private sealed interface Phase {}

  private record Idle() implements Phase {}

  /** Whoever waits is told in the order of coming. */
  private record Starting(
      Handshake handshake,
      List<BiConsumer<@Nullable ServerProcess, @Nullable SandboxException>> waiting)
      implements Phase {}

  private record Ready(ServerProcess link) implements Phase {}

  private record Draining(CompletableFuture<Void> done) implements Phase {}

  private record Closed(SandboxException cause) implements Phase {}

  private final ReentrantLock lock = new ReentrantLock();
  private final RestartBudget budget;
  private final boolean restarts;
  private final Timer timer;
  private final CallbackThreads threads;
  private final Function<Optional<Json>, Handshake> handshakes;
  private final BiConsumer<ServerProcess, @Nullable ServerProcess> onReady;
  private volatile Phase phase = new Idle();
  private volatile @Nullable ServerProcess last;
  private @Nullable SandboxException lastFailure;

  /**
   * @param handshakes makes one, with the parameters of a caller's own initialize
   * @param onReady hears of a server, and of the process before it, before those who wait for it
   */
  Lifecycle(
      SessionSettings settings,
      Timer timer,
      CallbackThreads threads,
      Function<Optional<Json>, Handshake> handshakes,
      BiConsumer<ServerProcess, @Nullable ServerProcess> onReady) {
    this.budget = new RestartBudget(settings.restart());
    this.restarts = settings.restart().starts() > 1;
    this.timer = timer;
    this.threads = threads;
    this.handshakes = handshakes;
    this.onReady = onReady;
  }

  /** The server, if it is ready now. */
  @Nullable ServerProcess ready() {
    return phase instanceof Ready ready && ready.link().isOpen() ? ready.link() : null;
  }

  McpState state() {
    Phase now = settled();
    if (now instanceof Ready ready) {
      return new McpState.Ready(ready.link().server().orElseThrow());
    }
    if (now instanceof Starting) {
      return new McpState.Starting();
    }
    if (now instanceof Draining) {
      return new McpState.Draining();
    }
    return now instanceof Closed closed ? new McpState.Closed(closed.cause()) : new McpState.New();
  }

  /** The process that was started last, which may have ended. */
  Optional<ServerProcess> last() {
    return Optional.ofNullable(last);
  }

  /** A process was started, for a handshake. */
  void started(ServerProcess link) {
    ServerProcess before = last;
    if (before != null) {
      before.retire();
    }
    last = link;
  }

  /**
   * Gives the server to an action, at once if it is ready, else when it is or cannot be; then on
   * another thread.
   */
  void whenReady(
      Optional<Json> given,
      BiConsumer<@Nullable ServerProcess, @Nullable SandboxException> action) {
    SandboxException failure = null;
    ServerProcess link = null;
    lock.lock();
    try {
      Phase now = settled();
      if (now instanceof Ready ready) {
        link = ready.link();
      } else if (now instanceof Starting starting) {
        starting.waiting().add(action);
        return;
      } else if (now instanceof Closed closed) {
        failure = closed.cause();
      } else if (now instanceof Draining) {
        failure = Failures.closed("call");
      } else {
        Optional<Duration> pause = budget.take(timer.nanoTime());
        if (pause.isPresent()) {
          failure = exhausted(pause.get());
        } else {
          start(given, action);
          return;
        }
      }
    } finally {
      lock.unlock();
    }
    action.accept(link, failure);
  }

  /** A process has ended. */
  void ended(ServerProcess link, SandboxException cause) {
    lock.lock();
    try {
      if (phase instanceof Ready ready && ready.link() == link) {
        lose(cause);
      }
    } finally {
      lock.unlock();
    }
  }

  /** Ends everything; waits until the process has ended. */
  void close(Runnable whenClosed) {
    CompletableFuture<Void> done = new CompletableFuture<>();
    Phase before;
    lock.lock();
    try {
      before = phase;
      if (!(before instanceof Draining) && !(before instanceof Closed closed && isByUs(closed))) {
        phase = new Draining(done);
      }
    } finally {
      lock.unlock();
    }
    if (before instanceof Draining draining) {
      BlockingWait.on(draining.done().copy(), "close");
      return;
    }
    if (before instanceof Closed closed && isByUs(closed)) {
      return;
    }
    try {
      if (before instanceof Starting starting) {
        starting.handshake().abort();
      }
      whenClosed.run();
      ServerProcess link = last;
      if (link != null) {
        link.peer().close();
      }
    } finally {
      lock.lock();
      try {
        phase = new Closed(Failures.closed("call"));
      } finally {
        lock.unlock();
      }
      done.complete(null);
    }
  }

  private static boolean isByUs(Closed closed) {
    return closed.cause().code() == Code.CLOSED;
  }

  /** The phase, where a process that has just ended counts as such. */
  private Phase settled() {
    Phase now = phase;
    if (!(now instanceof Ready ready) || ready.link().isOpen()) {
      return now;
    }
    lock.lock();
    try {
      if (phase == now) {
        lose(Failures.serverEnded(ready.link()));
      }
      return phase;
    } finally {
      lock.unlock();
    }
  }

  private void lose(SandboxException cause) {
    lastFailure = cause;
    phase = restarts ? new Idle() : new Closed(cause);
  }

  private void start(
      Optional<Json> given,
      BiConsumer<@Nullable ServerProcess, @Nullable SandboxException> action) {
    ServerProcess before = last;
    Handshake handshake = handshakes.apply(given);
    Starting starting = new Starting(handshake, new ArrayList<>(List.of(action)));
    phase = starting;
    threads.execute(() -> run(starting, before));
  }

  private void run(Starting starting, @Nullable ServerProcess before) {
    ServerProcess link = null;
    SandboxException failure = null;
    try {
      if (before != null) {
        before.peer().close(); // two at a time could be in each other's way
      }
      link = starting.handshake().run();
      onReady.accept(link, before);
    } catch (SandboxException e) {
      failure = e;
    } catch (RuntimeException | Error e) {
      failure =
          SandboxException.of(Code.INTERNAL, "start", "MCP server")
              .detail("the session failed")
              .cause(e)
              .build();
    }
    finish(starting, failure == null ? link : null, failure);
  }

  private void finish(
      Starting starting, @Nullable ServerProcess link, @Nullable SandboxException failure) {
    SandboxException cause = failure;
    lock.lock();
    try {
      if (phase != starting) {
        cause = Failures.closed("call"); // while it was started
      } else if (failure != null) {
        lose(failure);
      } else if (link != null) {
        phase = new Ready(link);
      }
    } finally {
      lock.unlock();
    }
    for (BiConsumer<@Nullable ServerProcess, @Nullable SandboxException> action :
        starting.waiting()) {
      action.accept(cause == null ? link : null, cause); // nobody adds to the list any more
    }
  }

  private SandboxException exhausted(Duration pause) {
    return SandboxException.of(Code.UNAVAILABLE, "start", "MCP server")
        .detail(
            "it was started too often"
                + (lastFailure == null ? "" : "; the last time: " + lastFailure.getMessage()))
        .remedy("call again in " + Math.max(1, pause.toSeconds()) + " seconds")
        .cause(lastFailure)
        .build();
  }
}
