package dev.warren.mcp.internal.http.modern;

import dev.warren.SandboxException;
import dev.warren.SandboxException.Code;
import dev.warren.mcp.Json;
import dev.warren.mcp.McpEra;
import dev.warren.mcp.McpEraCache;
import dev.warren.mcp.http.McpAccess;
import dev.warren.mcp.internal.http.budget.Caller;
import dev.warren.mcp.internal.http.budget.EndpointSettings;
import dev.warren.mcp.internal.http.budget.ProcessBudget;
import dev.warren.mcp.internal.http.budget.ProcessBudget.Place;
import dev.warren.mcp.internal.http.exchange.HttpThreads;
import dev.warren.mcp.internal.http.stream.OrderedSender;
import dev.warren.mcp.internal.message.Envelope;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/**
 * The processes that serve one caller. A server of the handshake revisions is told once what its
 * client can do, so each set of abilities has processes of its own; and a call whose client can be
 * asked has one for itself, so that it is known which call asks. Thread-safe.
 */
final class ServerPool {
  private final McpAccess.Granted access;
  private final EndpointSettings settings;
  private final HttpThreads threads;
  private final ProcessBudget budget;
  private final McpEraCache eras;
  private final Consumer<Envelope> onNotification;
  private final Consumer<Slot> onEnd;
  private final List<Slot> slots = new ArrayList<>();
  private boolean closed;

  /** A process, or one that is being started. */
  final class Slot {
    private final Json abilities;
    private final CompletableFuture<ServerProcess> ready = new CompletableFuture<>();
    private final OrderedSender sender = new OrderedSender(threads, 4 * settings.limits().calls());
    private int users;
    private boolean asking;
    private long lastUsed = System.nanoTime();

    private Slot(Json abilities) {
      this.abilities = abilities;
    }

    /** The process, once it is there. */
    CompletableFuture<ServerProcess> ready() {
      return ready;
    }

    /** Sends in order without blocking others. */
    OrderedSender sender() {
      return sender;
    }

    private boolean isModern() {
      return ready.isDone()
          && !ready.isCompletedExceptionally()
          && ready.join().era() == McpEra.MODERN;
    }

    private void closeWhenReady() {
      var unused = ready.thenAccept(ServerProcess::close);
    }
  }

  /**
   * @param onNotification takes what a process tells that belongs to no call
   * @param onEnd called when a process has ended by itself
   */
  ServerPool(
      McpAccess.Granted access,
      EndpointSettings settings,
      HttpThreads threads,
      ProcessBudget budget,
      McpEraCache eras,
      Consumer<Envelope> onNotification,
      Consumer<Slot> onEnd) {
    this.access = access;
    this.settings = settings;
    this.threads = threads;
    this.budget = budget;
    this.eras = eras;
    this.onNotification = onNotification;
    this.onEnd = onEnd;
  }

  /**
   * A process for a request; {@link #release} gives it back.
   *
   * @param alone whether the request may be asked for input
   * @throws SandboxException {@code RESOURCE_EXHAUSTED}
   */
  Slot acquire(StatelessRequest request, boolean alone) {
    Json abilities = request.capabilities();
    boolean asking = alone && RevisionTranslation.canBeAsked(abilities);
    Slot slot;
    Place place;
    synchronized (this) {
      for (Slot each : slots) {
        boolean fits = each.abilities.equals(abilities) && !(asking && each.asking);
        if (fits || each.isModern()) {
          each.users++;
          each.asking |= asking;
          return each;
        }
      }
      Optional<Place> found =
          closed
              ? Optional.empty()
              : budget.reserve(Caller.of(access), () -> endIdle(Duration.ZERO));
      place = found.orElseThrow(ServerPool::full);
      slot = new Slot(abilities);
      slot.users = 1;
      slot.asking = asking;
      slots.add(slot);
    }
    threads.start(() -> start(slot, request, place));
    return slot;
  }

  synchronized void release(Slot slot, boolean alone) {
    slot.users--;
    slot.lastUsed = System.nanoTime();
    if (alone) {
      slot.asking = false;
    }
  }

  /** Ends processes that nobody used for that long; says whether it was any. */
  synchronized boolean endIdle(Duration idle) {
    boolean any = false;
    for (Slot slot : List.copyOf(slots)) {
      boolean quiet = System.nanoTime() - slot.lastUsed >= idle.toNanos();
      if (slot.users == 0 && quiet && slot.ready.isDone()) {
        slots.remove(slot);
        slot.closeWhenReady();
        any = true;
      }
    }
    return any;
  }

  synchronized boolean isEmpty() {
    return slots.isEmpty();
  }

  synchronized void close() {
    closed = true;
    slots.forEach(Slot::closeWhenReady);
    slots.clear();
  }

  private void start(Slot slot, StatelessRequest request, Place place) {
    if (!place.await()) {
      fail(slot, full());
      return;
    }
    try {
      ServerProcess process =
          ServerProcess.start(
              access, settings, eras, request, onNotification, () -> ended(slot, place));
      boolean late;
      synchronized (this) {
        late = closed;
      }
      slot.ready.complete(process);
      if (late) {
        process.close();
      }
    } catch (RuntimeException e) {
      place.release();
      fail(slot, e);
    }
  }

  private void fail(Slot slot, RuntimeException e) {
    synchronized (this) {
      slots.remove(slot);
    }
    slot.ready.completeExceptionally(e);
  }

  private void ended(Slot slot, Place place) {
    place.release();
    synchronized (this) {
      slots.remove(slot);
    }
    onEnd.accept(slot);
  }

  private static SandboxException full() {
    return SandboxException.of(Code.RESOURCE_EXHAUSTED, "start", "MCP server")
        .detail("too many processes")
        .build();
  }
}
