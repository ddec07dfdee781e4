package dev.warren.mcp.internal.session;

import dev.warren.SandboxException;
import dev.warren.mcp.Json;
import dev.warren.mcp.McpRequest;
import dev.warren.mcp.internal.message.Envelope;
import dev.warren.mcp.internal.thread.CallbackThreads;
import dev.warren.mcp.internal.thread.Timer;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/** The calls of a session: their places, and what they share. Thread-safe. */
final class SessionCalls implements CallContext {
  private final SessionSettings settings;
  private final Lifecycle lifecycle;
  private final RequestMetadata metadata;
  private final HandlerRuns handlers;
  private final SessionListeners listeners;
  private final CallbackThreads threads;
  private final Timer timer;
  private final Semaphore places;

  SessionCalls(
      SessionSettings settings,
      Lifecycle lifecycle,
      RequestMetadata metadata,
      HandlerRuns handlers,
      SessionListeners listeners,
      CallbackThreads threads,
      Timer timer) {
    this.settings = settings;
    this.lifecycle = lifecycle;
    this.metadata = metadata;
    this.handlers = handlers;
    this.listeners = listeners;
    this.threads = threads;
    this.timer = timer;
    places = new Semaphore(settings.limits().pendingCalls());
  }

  /** Makes a call; cancelling the future cancels it. */
  <T> CompletableFuture<T> start(McpRequest request, AnswerReader<T> reader) {
    return new SessionCall<>(this, request, reader).start();
  }

  /** Makes a call on this thread, as far as that goes without others. */
  <T> T await(McpRequest request, AnswerReader<T> reader) {
    return new SessionCall<>(this, request, reader).await();
  }

  /** How many are under way. */
  int pending() {
    return settings.limits().pendingCalls() - places.availablePermits();
  }

  @Override
  public boolean admit() {
    return places.tryAcquire();
  }

  @Override
  public void release() {
    places.release();
  }

  @Override
  public @Nullable ServerProcess ready() {
    return lifecycle.ready();
  }

  @Override
  public void whenReady(BiConsumer<@Nullable ServerProcess, @Nullable SandboxException> action) {
    lifecycle.whenReady(action);
  }

  @Override
  public Optional<SandboxException> refusal(ServerProcess server, String method) {
    return settings.checkCapabilities()
        ? server.description().flatMap(said -> CapabilityGate.check(said, method))
        : Optional.empty();
  }

  @Override
  public @Nullable Json params(ServerProcess server, McpRequest request) {
    return server.isModern()
        ? metadata.complete(request.method(), request.params())
        : request.params().orElse(null);
  }

  @Override
  public InputRounds rounds(String method, Json params) {
    return new InputRounds(method, params, settings, handlers, threads, timer);
  }

  @Override
  public void tell(Envelope progress) {
    listeners.tell(SessionListeners.of(progress));
  }

  @Override
  public Future<?> alarm(Runnable action, long nanos) {
    return timer.schedule(() -> threads.execute(action), nanos);
  }

  @Override
  public long nanoTime() {
    return timer.nanoTime();
  }

  @Override
  public Duration requestTimeout() {
    return settings.timeouts().request();
  }

  @Override
  public Duration maxTotal() {
    return settings.timeouts().maxTotal();
  }
}
