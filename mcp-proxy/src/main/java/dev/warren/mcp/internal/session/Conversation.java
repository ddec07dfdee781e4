package dev.warren.mcp.internal.session;

import dev.warren.SandboxException;
import dev.warren.SandboxException.Code;
import dev.warren.mcp.Json;
import dev.warren.mcp.McpCapabilities;
import dev.warren.mcp.McpCounters;
import dev.warren.mcp.McpEraPolicy;
import dev.warren.mcp.McpErrorException;
import dev.warren.mcp.McpErrorException.RpcError;
import dev.warren.mcp.McpListener;
import dev.warren.mcp.McpLogLevel;
import dev.warren.mcp.McpRequest;
import dev.warren.mcp.McpRevision;
import dev.warren.mcp.McpServerDescription;
import dev.warren.mcp.McpState;
import dev.warren.mcp.McpSubscription;
import dev.warren.mcp.McpSubscriptionFilter;
import dev.warren.mcp.internal.message.Envelope;
import dev.warren.mcp.internal.rpc.CallOptions;
import dev.warren.mcp.internal.rpc.RpcOptions;
import dev.warren.mcp.internal.thread.CallbackThreads;
import dev.warren.mcp.internal.thread.Timer;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/** A session's inside; see {@link dev.warren.mcp.McpSession}. Thread-safe. */
public final class Conversation implements ServerProcess.Owner {
  private static final String INITIALIZE = "initialize";

  private final SessionSettings settings;
  private final Timer timer = Timer.system();
  private final CallbackThreads threads = new CallbackThreads();
  private final HandlerRuns handlers;
  private final RequestMetadata modern;
  private final SessionListeners news;
  private final Subscriptions subscriptions;
  private final Lifecycle lifecycle;
  private final Totals totals = new Totals();
  private final AtomicInteger pending = new AtomicInteger();
  private volatile Optional<Json> ownInitialize = Optional.empty();
  private volatile @Nullable McpLogLevel level;

  public Conversation(SessionSettings settings) {
    this.settings = settings;
    handlers = new HandlerRuns(settings.handlers(), settings.timeouts().handler(), threads, timer);
    modern = new RequestMetadata(settings.client(), settings.capabilities());
    news = new SessionListeners(settings.listeners());
    subscriptions = new Subscriptions(modern, news);
    lifecycle = new Lifecycle(settings, timer, threads, this::handshake, this::becameReady);
  }

  public McpServerDescription connect() {
    return BlockingWait.on(link(INITIALIZE), INITIALIZE).server().orElseThrow();
  }

  public McpState state() {
    return lifecycle.state();
  }

  public Optional<McpServerDescription> server() {
    ServerProcess link = lifecycle.ready();
    return link == null ? Optional.empty() : link.server();
  }

  /** Sends a request; cancelling the future cancels it. */
  public <T> CompletableFuture<T> call(McpRequest request, AnswerReader<T> reader) {
    return request.method().equals(INITIALIZE)
        ? initialize(request, reader)
        : new SessionCall<>(this, request, reader).start();
  }

  /** Sends a request and waits for the answer. */
  public <T> T await(McpRequest request, AnswerReader<T> reader) {
    return request.method().equals(INITIALIZE)
        ? BlockingWait.on(initialize(request, reader), INITIALIZE)
        : new SessionCall<>(this, request, reader).await();
  }

  /** Sends a notification once the server is ready. */
  public void notify(String method, Optional<Json> params) {
    if (method.equals("notifications/cancelled")) {
      throw SandboxException.invalid(
          "notify", method, "a call is cancelled by cancelling its future or its thread");
    }
    ServerProcess link = BlockingWait.on(link(method), method);
    if (!method.equals("notifications/initialized")) {
      link.peer().notify(method, params.orElse(null));
    }
  }

  public void subscribe(String uri) {
    ServerProcess link = BlockingWait.on(link("resources/subscribe"), "resources/subscribe");
    requireSubscribe(link);
    Object unused = BlockingWait.on(subscriptions.watch(link, uri), "resources/subscribe");
  }

  public void unsubscribe(String uri) {
    ServerProcess link = BlockingWait.on(link("resources/unsubscribe"), "resources/unsubscribe");
    Object unused = BlockingWait.on(subscriptions.unwatch(link, uri), "resources/unsubscribe");
  }

  /** Opens a stream, now or when the server is ready. */
  public McpSubscription listen(McpSubscriptionFilter filter, McpListener listener) {
    if (filter.isEmpty()) {
      throw SandboxException.invalid("listen", "filter", "it asks for nothing");
    }
    SubscriptionStream stream = subscriptions.add(filter, listener);
    whenReady(
        (link, failure) -> {
          if (link != null) {
            subscriptions.open(stream, link);
          } else if (failure != null) {
            stream.fail(Failures.because("subscriptions/listen", failure));
          }
        });
    return stream;
  }

  public void setLogLevel(McpLogLevel value) {
    ServerProcess link = BlockingWait.on(link("logging/setLevel"), "logging/setLevel");
    if (link.isModern()) {
      modern.logLevel(value);
    } else {
      McpRequest request = McpRequest.of("logging/setLevel", Map.of("level", value.toString()));
      boolean unused =
          await(request, (method, id, failed, outcome) -> accepted(method, failed, outcome));
    }
    level = value;
  }

  /** Asks the server for a sign of life. */
  public void ping() {
    ServerProcess link = BlockingWait.on(link("ping"), "ping");
    McpRequest request = McpRequest.of(link.isModern() ? "server/discover" : "ping");
    boolean unused =
        await(request, (method, id, failed, outcome) -> accepted(method, failed, outcome));
  }

  public void rootsChanged() {
    ServerProcess link = lifecycle.ready();
    if (link != null
        && !link.isModern()
        && new McpCapabilities(settings.capabilities()).has("/roots")) {
      link.peer().notify("notifications/roots/list_changed", null);
    }
  }

  public void addListener(McpListener listener) {
    news.add(listener);
    ServerProcess link = lifecycle.ready();
    if (link != null) {
      subscriptions.listenersChanged(link);
    }
  }

  public void removeListener(McpListener listener) {
    news.remove(listener);
  }

  public McpCounters counters() {
    return totals.with(lifecycle.last(), pending.get());
  }

  public void close() {
    lifecycle.close(subscriptions::closeAll);
    threads.close();
  }

  @Override
  public String toString() {
    return lifecycle.last().map(ServerProcess::toString).orElse("MCP server")
        + ", "
        + state().getClass().getSimpleName();
  }

  @Override
  public void notification(ServerProcess link, Envelope notification) {
    if (!link.isRetired()) {
      subscriptions.route(link, notification);
    }
  }

  @Override
  public void ended(ServerProcess link, SandboxException cause) {
    lifecycle.ended(link, cause);
    if (cause.code() != Code.CLOSED) {
      tellEnd(link, cause);
    }
  }

  SessionSettings settings() {
    return settings;
  }

  Timer timer() {
    return timer;
  }

  CallbackThreads threads() {
    return threads;
  }

  HandlerRuns handlers() {
    return handlers;
  }

  RequestMetadata modern() {
    return modern;
  }

  @Nullable ServerProcess readyLink() {
    return lifecycle.ready();
  }

  void whenReady(BiConsumer<@Nullable ServerProcess, @Nullable SandboxException> action) {
    lifecycle.whenReady(ownInitialize, action);
  }

  /** Takes a place for a call. */
  boolean admit() {
    if (pending.incrementAndGet() <= settings.limits().pendingCalls()) {
      return true;
    }
    release();
    return false;
  }

  void release() {
    pending.decrementAndGet();
  }

  /** Why a method must not be sent to a server. */
  Optional<SandboxException> check(ServerProcess link, String method) {
    return settings.checkCapabilities()
        ? link.server().flatMap(server -> CapabilityGate.check(server, method))
        : Optional.empty();
  }

  /** Whether an extension was declared that has results of this type. */
  boolean takesResult(String type) {
    return type.equals("\"task\"")
        && new McpCapabilities(settings.capabilities())
            .has("/extensions/io.modelcontextprotocol~1tasks");
  }

  /** A notification that one of the caller's own tokens asked for. */
  void tell(Envelope notification) {
    news.tell(SessionListeners.of(notification));
  }

  private CompletableFuture<ServerProcess> link(String operation) {
    CompletableFuture<ServerProcess> found = new CompletableFuture<>();
    whenReady(
        (link, failure) -> {
          if (failure != null) {
            found.completeExceptionally(Failures.because(operation, failure));
          } else {
            found.complete(link);
          }
        });
    return found;
  }

  /** The caller's own handshake: made if there was none, else answered from memory. */
  private <T> CompletableFuture<T> initialize(McpRequest request, AnswerReader<T> reader) {
    if (settings.mode() == McpEraPolicy.MODERN_ONLY) {
      return CompletableFuture.failedFuture(noHandshake());
    }
    Json id = request.id().orElse(Json.of(0));
    CompletableFuture<T> answer = new CompletableFuture<>();
    Optional<Json> params = Optional.of(request.params().orElse(Json.EMPTY_OBJECT));
    lifecycle.whenReady(
        params,
        (link, failure) -> {
          try {
            if (failure != null && failure.getCause() instanceof McpErrorException refused) {
              answer.complete(reader.read(INITIALIZE, id, true, json(refused.error())));
            } else if (failure != null) {
              answer.completeExceptionally(Failures.because(INITIALIZE, failure));
            } else if (link == null || link.isModern()) {
              answer.completeExceptionally(noHandshake());
            } else {
              Json result = link.server().orElseThrow().raw();
              answer.complete(reader.read(INITIALIZE, id, false, result));
            }
          } catch (RuntimeException e) {
            answer.completeExceptionally(e);
          }
        });
    return answer;
  }

  private Handshake handshake(Optional<Json> given) {
    ownInitialize = given;
    return new Handshake(
        settings, modern, () -> totals.started(startLink(), lifecycle), given, timer);
  }

  private ServerProcess startLink() {
    SessionSettings.Timeouts times = settings.timeouts();
    int inbound = settings.limits().inboundBytes();
    int outbound = settings.limits().outboundBytes();
    RpcOptions options =
        RpcOptions.defaults().toBuilder()
            .maxInboundBytes(inbound)
            .maxOutboundBytes(outbound)
            .outboxBytes(Math.max(16 << 20, outbound))
            .incoming(settings.limits().runningRequests(), settings.limits().runningRequests())
            .notifications(settings.limits().queuedNotifications())
            .timeout(times.request())
            .maximum(times.maxTotal())
            .graces(times.close(), times.close(), RpcOptions.defaults().killGrace())
            .batches(false)
            .build();
    return ServerProcess.start(settings.transport(), options, handlers, this);
  }

  private void becameReady(ServerProcess link, @Nullable ServerProcess before) {
    McpLogLevel wanted = level;
    McpServerDescription server = link.server().orElseThrow();
    if (wanted != null && !link.isModern() && server.capabilities().logging()) {
      var unused =
          link.call(
              "logging/setLevel",
              Json.of(Map.of("level", wanted.toString())),
              CallOptions.standard());
    }
    subscriptions.ready(link);
    threads.execute(
        () -> {
          if (before != null) {
            tellEnd(before, Failures.serverEnded(before));
          }
          news.tell(listener -> listener.serverReady(server));
        });
  }

  private void tellEnd(ServerProcess link, SandboxException cause) {
    if (link.claimEnd()) {
      news.tell(listener -> listener.serverEnded(cause));
    }
  }

  private void requireSubscribe(ServerProcess link) {
    if (settings.checkCapabilities()
        && !link.server().orElseThrow().capabilities().resourcesSubscribe()) {
      throw Failures.unsupported(
          "resources/subscribe",
          "the server has not declared it",
          "read the resource now and then");
    }
  }

  private static boolean accepted(String method, boolean failed, Json outcome) {
    if (failed) {
      throw Failures.refused(method, outcome);
    }
    return true;
  }

  private static SandboxException noHandshake() {
    return Failures.unsupported(
        INITIALIZE,
        "there is no handshake in MCP " + McpRevision.V2026_07_28,
        "call the server's methods at once, or set the era to LEGACY");
  }

  private static Json json(RpcError error) {
    Map<String, Object> members = new LinkedHashMap<>();
    members.put("code", error.code());
    members.put("message", error.message());
    error.data().ifPresent(data -> members.put("data", data));
    return Json.of(members);
  }
}
