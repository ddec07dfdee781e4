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
import dev.warren.mcp.internal.thread.CallbackThreads;
import dev.warren.mcp.internal.thread.Timer;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** A session's inside; see {@link dev.warren.mcp.McpSession}. Thread-safe. */
public final class Conversation {
  private static final String INITIALIZE = "initialize";

  private final SessionSettings settings;
  private final CallbackThreads threads = new CallbackThreads();
  private final RequestMetadata metadata;
  private final SessionListeners listeners;
  private final Subscriptions subscriptions;
  private final ServerStarter starter;
  private final Lifecycle lifecycle;
  private final SessionCalls calls;
  private volatile @Nullable McpLogLevel level;

  public Conversation(SessionSettings settings) {
    this.settings = settings;
    Timer timer = Timer.system();
    HandlerRuns handlers =
        new HandlerRuns(settings.handlers(), settings.timeouts().handler(), threads, timer);
    metadata = new RequestMetadata(settings.client(), settings.capabilities());
    listeners = new SessionListeners(settings.listeners());
    subscriptions = new Subscriptions(metadata, listeners);
    starter = new ServerStarter(settings, handlers);
    lifecycle = new Lifecycle(settings, metadata, starter, threads, timer, new Events());
    calls = new SessionCalls(settings, lifecycle, metadata, handlers, listeners, threads, timer);
  }

  public McpServerDescription connect() {
    return BlockingWait.on(readyServer(INITIALIZE), INITIALIZE).description().orElseThrow();
  }

  public McpState state() {
    return lifecycle.state();
  }

  public Optional<McpServerDescription> server() {
    ServerProcess server = lifecycle.ready();
    return server == null ? Optional.empty() : server.description();
  }

  /** Sends a request; cancelling the future cancels it. */
  public <T> CompletableFuture<T> call(McpRequest request, AnswerReader<T> reader) {
    return request.method().equals(INITIALIZE)
        ? initialize(request, reader)
        : calls.start(request, reader);
  }

  /** Sends a request and waits for the answer. */
  public <T> T await(McpRequest request, AnswerReader<T> reader) {
    return request.method().equals(INITIALIZE)
        ? BlockingWait.on(initialize(request, reader), INITIALIZE)
        : calls.await(request, reader);
  }

  /** Sends a notification once the server is ready. */
  public void notify(String method, Optional<Json> params) {
    if (method.equals("notifications/cancelled")) {
      throw SandboxException.invalid(
          "notify", method, "a call is cancelled by cancelling its future or its thread");
    }
    ServerProcess server = BlockingWait.on(readyServer(method), method);
    if (!method.equals("notifications/initialized")) {
      server.peer().notify(method, params.orElse(null));
    }
  }

  public void subscribe(String uri) {
    ServerProcess server =
        BlockingWait.on(readyServer("resources/subscribe"), "resources/subscribe");
    requireSubscribe(server);
    Object unused = BlockingWait.on(subscriptions.watch(server, uri), "resources/subscribe");
  }

  public void unsubscribe(String uri) {
    ServerProcess server =
        BlockingWait.on(readyServer("resources/unsubscribe"), "resources/unsubscribe");
    Object unused = BlockingWait.on(subscriptions.unwatch(server, uri), "resources/unsubscribe");
  }

  /** Opens a stream, now or when the server is ready. */
  public McpSubscription listen(McpSubscriptionFilter filter, McpListener listener) {
    if (filter.isEmpty()) {
      throw SandboxException.invalid("listen", "filter", "it asks for nothing");
    }
    SubscriptionStream stream = subscriptions.add(filter, listener);
    lifecycle.whenReady(
        (server, failure) -> {
          if (server != null) {
            subscriptions.open(stream, server);
          } else if (failure != null) {
            stream.fail(Failures.because("subscriptions/listen", failure));
          }
        });
    return stream;
  }

  public void setLogLevel(McpLogLevel value) {
    ServerProcess server = BlockingWait.on(readyServer("logging/setLevel"), "logging/setLevel");
    if (server.isModern()) {
      metadata.logLevel(value);
    } else {
      McpRequest request = McpRequest.of("logging/setLevel", Map.of("level", value.toString()));
      boolean unused =
          await(request, (method, id, failed, outcome) -> accepted(method, failed, outcome));
    }
    level = value;
  }

  /** Asks the server for a sign of life. */
  public void ping() {
    ServerProcess server = BlockingWait.on(readyServer("ping"), "ping");
    McpRequest request = McpRequest.of(server.isModern() ? "server/discover" : "ping");
    boolean unused =
        await(request, (method, id, failed, outcome) -> accepted(method, failed, outcome));
  }

  public void rootsChanged() {
    ServerProcess server = lifecycle.ready();
    if (server != null
        && !server.isModern()
        && new McpCapabilities(settings.capabilities()).has("/roots")) {
      server.peer().notify("notifications/roots/list_changed", null);
    }
  }

  public void addListener(McpListener listener) {
    listeners.add(listener);
    ServerProcess server = lifecycle.ready();
    if (server != null) {
      subscriptions.listenersChanged(server);
    }
  }

  public void removeListener(McpListener listener) {
    listeners.remove(listener);
  }

  public McpCounters counters() {
    return starter.counters(calls.pending());
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

  private CompletableFuture<ServerProcess> readyServer(String operation) {
    CompletableFuture<ServerProcess> found = new CompletableFuture<>();
    lifecycle.whenReady(
        (server, failure) -> {
          if (failure != null) {
            found.completeExceptionally(Failures.because(operation, failure));
          } else {
            found.complete(server);
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
    lifecycle.initialize(
        request.params().orElse(Json.EMPTY_OBJECT),
        (server, failure) -> {
          try {
            if (failure != null && failure.getCause() instanceof McpErrorException refused) {
              answer.complete(reader.read(INITIALIZE, id, true, json(refused.error())));
            } else if (failure != null) {
              answer.completeExceptionally(Failures.because(INITIALIZE, failure));
            } else if (server == null || server.isModern()) {
              answer.completeExceptionally(noHandshake());
            } else {
              Json result = server.description().orElseThrow().raw();
              answer.complete(reader.read(INITIALIZE, id, false, result));
            }
          } catch (RuntimeException e) {
            answer.completeExceptionally(e);
          }
        });
    return answer;
  }

  private void requireSubscribe(ServerProcess server) {
    if (settings.checkCapabilities()
        && !server.description().orElseThrow().capabilities().resourcesSubscribe()) {
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

  /** What becomes of the processes. */
  private final class Events implements Lifecycle.Observer {
    @Override
    public void ready(ServerProcess server, @Nullable ServerProcess before) {
      McpLogLevel wanted = level;
      McpServerDescription said = server.description().orElseThrow();
      if (wanted != null && !server.isModern() && said.capabilities().logging()) {
        var unused =
            server.call(
                "logging/setLevel",
                Json.of(Map.of("level", wanted.toString())),
                CallOptions.defaults());
      }
      subscriptions.ready(server);
      threads.execute(
          () -> {
            if (before != null) {
              tellEnd(before, Failures.serverEnded(before));
            }
            listeners.tell(listener -> listener.serverReady(said));
          });
    }

    @Override
    public void said(ServerProcess server, Envelope notification) {
      subscriptions.route(server, notification);
    }

    @Override
    public void ended(ServerProcess server, SandboxException cause) {
      if (cause.code() != Code.CLOSED) {
        tellEnd(server, cause);
      }
    }

    private void tellEnd(ServerProcess server, SandboxException cause) {
      if (server.claimEnd()) {
        listeners.tell(listener -> listener.serverEnded(cause));
      }
    }
  }
}
