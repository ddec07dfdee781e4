package dev.warren.mcp.internal.session;

import dev.warren.SandboxException;
import dev.warren.SandboxException.Code;
import dev.warren.mcp.Json;
import dev.warren.mcp.McpState;
import dev.warren.mcp.internal.message.Envelope;
import dev.warren.mcp.internal.thread.CallbackThreads;
import dev.warren.mcp.internal.thread.Timer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * The states of a session and the way from one to the next: one process at a time, started by the
 * first who wants it, for all who want it. No lock is held while a process is started, ended or
 * talked to. Thread-safe.
 */
final class Lifecycle {
  /** Hears what becomes of a session's processes. */
  interface Observer {
    /** A server, and the process before it; told before those who wait for it. */
    void ready(ServerProcess server, @Nullable ServerProcess before);

    void said(ServerProcess server, Envelope notification);

    void ended(ServerProcess server, SandboxException cause);
  }

  private sealed interface Phase {}

  private record Idle() implements Phase {}

  /** Whoever waits is told in the order of coming. */
  private record Starting(
      Handshake handshake,
      List<BiConsumer<@Nullable ServerProcess, @Nullable SandboxException>> waiting)
      implements Phase {}

  private record Ready(ServerProcess server) implements Phase {}

  private record Draining(CompletableFuture<Void> done) implements Phase {}

  private record Closed(SandboxException cause) implements Phase {}

  private final SessionSettings settings;
  private final RequestMetadata metadata;
  private final ServerStarter starter;
  private final CallbackThreads threads;
  private final Timer timer;
  private final Observer observer;
  private final ServerProcess.Owner owner = new Processes();
  private final ReentrantLock lock = new ReentrantLock();
  private final RestartBudget budget;
  private final boolean restarts;
  private volatile Phase phase = new Idle();
  private volatile @Nullable ServerProcess last;
  private Optional<Json> callersInitialize = Optional.empty();
  private @Nullable SandboxException lastFailure;

  Lifecycle(
      SessionSettings settings,
      RequestMetadata metadata,
      ServerStarter starter,
      CallbackThreads threads,
      Timer timer,
      Observer observer) {
    this.settings = settings;
    this.metadata = metadata;
    this.starter = starter;
    this.threads = threads;
    this.timer = timer;
    this.observer = observer;
    budget = new RestartBudget(settings.restart());
    restarts = settings.restart().starts() > 1;
  }

  /** The server, if it is ready now. */
  @Nullable ServerProcess ready() {
    return phase instanceof Ready ready && ready.server().isOpen() ? ready.server() : null;
  }

  McpState state() {
    Phase now = settled();
    if (now instanceof Ready ready) {
      return new McpState.Ready(ready.server().description().orElseThrow());
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

  /**
   * Gives the server to an action, at once if it is ready, else when it is or cannot be; then on
   * another thread.
   */
  void whenReady(BiConsumer<@Nullable ServerProcess, @Nullable SandboxException> action) {
    whenReady(Optional.empty(), action);
  }

  /**
   * As {@link #whenReady}; where there is no server yet, this handshake and those after it are made
   * with a caller's parameters.
   */
  void initialize(
      Json params, BiConsumer<@Nullable ServerProcess, @Nullable SandboxException> action) {
    whenReady(Optional.of(params), action);
  }

  private void whenReady(
      Optional<Json> given,
      BiConsumer<@Nullable ServerProcess, @Nullable SandboxException> action) {
    SandboxException failure = null;
    ServerProcess server = null;
    lock.lock();
    try {
      Phase now = settled();
      if (now instanceof Ready ready) {
        server = ready.server();
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
          callersInitialize = given.or(() -> callersInitialize);
          start(action);
          return;
        }
      }
    } finally {
      lock.unlock();
    }
    action.accept(server, failure);
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
      ServerProcess server = last;
      if (server != null) {
        server.peer().close();
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
    if (!(now instanceof Ready ready) || ready.server().isOpen()) {
      return now;
    }
    lock.lock();
    try {
      if (phase == now) {
        lose(Failures.serverEnded(ready.server()));
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

  private void start(BiConsumer<@Nullable ServerProcess, @Nullable SandboxException> action) {
    ServerProcess before = last;
    Handshake handshake =
        new Handshake(settings, metadata, this::startProcess, callersInitialize, timer);
    Starting starting = new Starting(handshake, new ArrayList<>(List.of(action)));
    phase = starting;
    threads.execute(() -> run(starting, before));
  }

  /** The next process, whose predecessor is heard no more. */
  private ServerProcess startProcess() {
    ServerProcess next = starter.start(owner);
    ServerProcess before = last;
    if (before != null) {
      before.retire();
    }
    last = next;
    return next;
  }

  private void run(Starting starting, @Nullable ServerProcess before) {
    ServerProcess server = null;
    SandboxException failure = null;
    try {
      if (before != null) {
        before.peer().close(); // two at a time could be in each other's way
      }
      server = starting.handshake().run();
      observer.ready(server, before);
    } catch (SandboxException e) {
      failure = e;
    } catch (RuntimeException | Error e) {
      failure =
          SandboxException.of(Code.INTERNAL, "start", "MCP server")
              .detail("the session failed")
              .cause(e)
              .build();
    }
    finish(starting, failure == null ? server : null, failure);
  }

  private void finish(
      Starting starting, @Nullable ServerProcess server, @Nullable SandboxException failure) {
    SandboxException cause = failure;
    lock.lock();
    try {
      if (phase != starting) {
        cause = Failures.closed("call"); // while it was started
      } else if (failure != null) {
        lose(failure);
      } else if (server != null) {
        phase = new Ready(server);
      }
    } finally {
      lock.unlock();
    }
    for (BiConsumer<@Nullable ServerProcess, @Nullable SandboxException> action :
        starting.waiting()) {
      action.accept(cause == null ? server : null, cause); // nobody adds to the list any more
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

  /** What the processes say and when they end. */
  private final class Processes implements ServerProcess.Owner {
    @Override
    public void notification(ServerProcess server, Envelope notification) {
      if (!server.isRetired()) {
        observer.said(server, notification);
      }
    }

    @Override
    public void ended(ServerProcess server, SandboxException cause) {
      lock.lock();
      try {
        if (phase instanceof Ready ready && ready.server() == server) {
          lose(cause);
        }
      } finally {
        lock.unlock();
      }
      observer.ended(server, cause);
    }
  }
}
