package dev.warren.mcp.internal.http;

import dev.warren.SandboxException;
import dev.warren.SandboxException.Code;
import dev.warren.mcp.EraCache;
import dev.warren.mcp.Json;
import dev.warren.mcp.McpEra;
import dev.warren.mcp.internal.http.Processes.Caller;
import dev.warren.mcp.internal.rpc.Envelope;
import dev.warren.mcp.proxy.McpAccess;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * All that one principal does with one server without sessions: the processes that serve it, the
 * calls that wait for input, and the streams that listen. A server of the handshake revisions is
 * told once what its client can do, so each set of abilities has processes of its own; and a call
 * whose client can be asked has one for itself, so that it is known which call asks. Thread-safe.
 */
final class ModernCaller {
  private static final Duration ROOM = Duration.ofSeconds(10);

  private final McpAccess.Granted access;
  private final Caller caller;
  private final EndpointSettings settings;
  private final HttpThreads threads;
  private final Processes processes;
  private final EraCache eras;
  private final StateSigner signer;
  private final AtomicLong states;
  private final List<Slot> slots = new ArrayList<>();
  private final Map<Long, ModernCall> held = new ConcurrentHashMap<>();
  private final Set<Listening> listeners = ConcurrentHashMap.newKeySet();
  private final AtomicInteger running = new AtomicInteger();
  private boolean closed;

  /** A process, or one that is being started. */
  final class Slot {
    private final Json abilities;
    private final CompletableFuture<ModernProcess> ready = new CompletableFuture<>();
    private final Sender sender = new Sender(threads, 4 * settings.maxCalls());
    private int users;
    private boolean asking;
    private long lastUsed = System.nanoTime();

    private Slot(Json abilities) {
      this.abilities = abilities;
    }

    /** The process, once it is there. */
    CompletableFuture<ModernProcess> ready() {
      return ready;
    }

    /** Sends in order without blocking others. */
    Sender sender() {
      return sender;
    }

    private boolean isModern() {
      return ready.isDone()
          && !ready.isCompletedExceptionally()
          && ready.join().era() == McpEra.MODERN;
    }
  }

  ModernCaller(
      McpAccess.Granted access,
      EndpointSettings settings,
      HttpThreads threads,
      Processes processes,
      EraCache eras,
      StateSigner signer,
      AtomicLong states) {
    this.access = access;
    this.caller = Caller.of(access);
    this.settings = settings;
    this.threads = threads;
    this.processes = processes;
    this.eras = eras;
    this.signer = signer;
    this.states = states;
  }

  EndpointSettings settings() {
    return settings;
  }

  HttpThreads threads() {
    return threads;
  }

  /** Takes one of the places for calls; false when there is none. */
  boolean enter() {
    if (running.incrementAndGet() > settings.maxCalls()) {
      running.decrementAndGet();
      return false;
    }
    return true;
  }

  void leave() {
    running.decrementAndGet();
  }

  /**
   * A process for a request; {@link #release} gives it back.
   *
   * @param alone whether the request may be asked for input
   * @throws SandboxException {@code RESOURCE_EXHAUSTED}
   */
  Slot acquire(ModernRequest request, boolean alone) {
    Json abilities = request.capabilities();
    boolean asking = alone && Translation.canBeAsked(abilities);
    Slot slot;
    boolean room;
    synchronized (this) {
      for (Slot each : slots) {
        boolean fits = each.abilities.equals(abilities) && !(asking && each.asking);
        if (fits || each.isModern()) {
          each.users++;
          each.asking |= asking;
          return each;
        }
      }
      room = processes.take(caller);
      if (closed || (!room && !endIdle(Duration.ZERO))) {
        throw SandboxException.of(Code.RESOURCE_EXHAUSTED, "start", "MCP server")
            .detail("too many processes")
            .build();
      }
      slot = new Slot(abilities);
      slot.users = 1;
      slot.asking = asking;
      slots.add(slot);
    }
    threads.start(() -> start(slot, request, room));
    return slot;
  }

  synchronized void release(Slot slot, boolean alone) {
    slot.users--;
    slot.lastUsed = System.nanoTime();
    if (alone) {
      slot.asking = false;
    }
  }

  /** Keeps a call for the client's next request: its state; empty when too many are kept. */
  Optional<String> hold(ModernCall call) {
    if (held.size() >= settings.maxCalls()) {
      return Optional.empty();
    }
    long number = states.incrementAndGet();
    held.put(number, call);
    return Optional.of(signer.sign(number, caller));
  }

  /** The call of a state, which is used up by it. */
  Optional<ModernCall> take(String state, ModernRequest retry) {
    var number = signer.verify(state, caller);
    if (number.isEmpty()) {
      return Optional.empty();
    }
    ModernCall call = held.get(number.getAsLong());
    return call != null && call.isFor(retry) && held.remove(number.getAsLong(), call)
        ? Optional.of(call)
        : Optional.empty();
  }

  /** The client did not come back with the input. */
  void expire(ModernCall call) {
    if (held.values().remove(call)) {
      call.cancel("the client brought no input in time");
    }
  }

  boolean add(Listening listening) {
    return listeners.size() < settings.maxCalls() && listeners.add(listening);
  }

  void remove(Listening listening) {
    listeners.remove(listening);
  }

  /** Ends processes that nobody used for that long; says whether it was any. */
  synchronized boolean endIdle(Duration idle) {
    boolean any = false;
    for (Slot slot : List.copyOf(slots)) {
      boolean quiet = System.nanoTime() - slot.lastUsed >= idle.toNanos();
      if (slot.users == 0 && quiet && slot.ready.isDone()) {
        slots.remove(slot);
        var unused = slot.ready.thenAccept(ModernProcess::close);
        any = true;
      }
    }
    return any;
  }

  synchronized boolean isUnused() {
    return slots.isEmpty() && held.isEmpty() && listeners.isEmpty() && running.get() == 0;
  }

  void close() {
    synchronized (this) {
      closed = true;
      slots.forEach(
          slot -> {
            var unused = slot.ready.thenAccept(ModernProcess::close);
          });
      slots.clear();
    }
    listeners.forEach(Listening::abort);
    held.values().forEach(call -> call.cancel("the endpoint was closed"));
  }

  private void start(Slot slot, ModernRequest request, boolean room) {
    if (!room && !processes.take(caller, ROOM)) {
      fail(
          slot,
          SandboxException.of(Code.RESOURCE_EXHAUSTED, "start", "MCP server")
              .detail("too many processes")
              .build());
      return;
    }
    try {
      ModernProcess process =
          ModernProcess.start(
              access, settings, eras, request, this::notification, () -> ended(slot));
      boolean late;
      synchronized (this) {
        late = closed;
      }
      slot.ready.complete(process);
      if (late) {
        process.close();
      }
    } catch (RuntimeException e) {
      processes.give(caller);
      fail(slot, e);
    }
  }

  private void fail(Slot slot, RuntimeException e) {
    synchronized (this) {
      slots.remove(slot);
    }
    slot.ready.completeExceptionally(e);
  }

  private void ended(Slot slot) {
    processes.give(caller);
    synchronized (this) {
      slots.remove(slot);
    }
    listeners.forEach(listening -> listening.processEnded(slot));
  }

  private void notification(Envelope notification) {
    listeners.forEach(listening -> listening.notification(notification));
  }
}
