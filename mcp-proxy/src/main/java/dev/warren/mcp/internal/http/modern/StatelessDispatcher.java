package dev.warren.mcp.internal.http.modern;

import dev.warren.SandboxException;
import dev.warren.SandboxException.Code;
import dev.warren.mcp.Json;
import dev.warren.mcp.McpEra;
import dev.warren.mcp.McpEraCache;
import dev.warren.mcp.http.McpAccess;
import dev.warren.mcp.http.McpHttpExchange;
import dev.warren.mcp.internal.errors.ErrorCodes;
import dev.warren.mcp.internal.errors.FailureErrors;
import dev.warren.mcp.internal.http.budget.Caller;
import dev.warren.mcp.internal.http.budget.EndpointSettings;
import dev.warren.mcp.internal.http.budget.ProcessBudget;
import dev.warren.mcp.internal.http.exchange.HttpThreads;
import dev.warren.mcp.internal.http.exchange.Reply;
import dev.warren.mcp.internal.http.modern.ServerPool.Slot;
import dev.warren.mcp.internal.http.stream.EventStream;
import dev.warren.mcp.internal.message.Envelope;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Streamable HTTP of revision 2026-07-28, which knows no sessions, in front of servers of either
 * family. Thread-safe.
 */
public final class StatelessDispatcher implements AutoCloseable {
  private final EndpointSettings settings;
  private final HttpThreads threads;
  private final ProcessBudget budget;
  private final EventStream.Style style;
  private final McpEraCache eras = McpEraCache.inMemory();
  private final StateSigner signer = new StateSigner();
  private final Map<Caller, CallerResources> callers = new ConcurrentHashMap<>();

  public StatelessDispatcher(EndpointSettings settings, HttpThreads threads, ProcessBudget budget) {
    this.settings = settings;
    this.threads = threads;
    this.budget = budget;
    this.style = EventStream.Style.of(settings, threads);
  }

  /** A message that was POSTed. */
  public void post(
      McpHttpExchange exchange, McpAccess.Granted access, Envelope message, boolean events) {
    if (message.kind() != Envelope.Kind.REQUEST) {
      Reply reply =
          message.kind() == Envelope.Kind.NOTIFICATION
              ? Reply.empty(202)
              : Reply.error(400, null, ErrorCodes.INVALID_REQUEST, "answers are not taken");
      reply.sendTo(exchange);
      return;
    }
    StatelessRequest request = StatelessRequest.of(message);
    Reply refusal = request.refusal(exchange);
    if (refusal == null && RevisionTranslation.REMOVED.contains(request.method())) {
      refusal = Reply.error(404, request.id(), ErrorCodes.METHOD_NOT_FOUND, "method not found");
    }
    if (refusal != null) {
      refusal.sendTo(exchange);
      return;
    }
    CallerResources caller = enter(access);
    if (caller == null) {
      Reply.error(429, request.id(), ErrorCodes.INTERNAL_ERROR, "too many calls").sendTo(exchange);
      return;
    }
    try {
      if (request.method().equals("subscriptions/listen")) {
        listen(exchange, caller, request);
      } else {
        call(exchange, caller, request, events);
      }
    } catch (SandboxException e) {
      caller.leave();
      Reply reply =
          e.code() == Code.INVALID_ARGUMENT
              ? Reply.error(400, request.id(), ErrorCodes.INVALID_PARAMS, e.subject())
              : Reply.json(503, Envelope.error(request.id(), FailureErrors.of(e)));
      reply.sendTo(exchange);
    }
  }

  /** Ends processes that nobody used for a while. */
  public void endIdle() {
    callers.forEach(
        (key, caller) -> {
          caller.servers().endIdle(settings.times().idle());
          callers.computeIfPresent(key, (same, each) -> each.isUnused() ? null : each);
        });
  }

  @Override
  public void close() {
    callers.values().forEach(CallerResources::close);
  }

  /** The caller, with a place for a call taken; null when there is none. */
  private @Nullable CallerResources enter(McpAccess.Granted access) {
    boolean[] entered = new boolean[1];
    CallerResources caller =
        callers.compute(
            Caller.of(access),
            (key, known) -> {
              CallerResources each =
                  known != null
                      ? known
                      : new CallerResources(access, settings, threads, budget, eras, signer);
              entered[0] = each.enter();
              return each;
            });
    return entered[0] ? caller : null;
  }

  private void call(
      McpHttpExchange exchange, CallerResources caller, StatelessRequest request, boolean events) {
    Map<String, Json> input = request.inputResponses();
    AtomicReference<StatelessCall> call = new AtomicReference<>();
    EventStream stream =
        EventStream.unresumable(
            style,
            left -> {
              StatelessCall known = call.get();
              if (known != null) {
                known.clientLeft(left);
              }
            });
    Optional<StatelessCall> held =
        request.requestState().flatMap(state -> caller.held().take(state, request));
    if (held.isPresent()) {
      call.set(held.get());
      stream.attach(exchange, Map.of(), events, -1);
      caller.leave(); // the call has its place already
      held.get().resume(request, stream, input);
      return;
    }
    Slot slot = caller.servers().acquire(request, request.mayAsk());
    stream.attach(exchange, Map.of(), events, -1);
    Runnable release =
        () -> {
          caller.servers().release(slot, request.mayAsk());
          caller.leave();
        };
    var unused =
        slot.ready()
            .whenComplete(
                (process, failure) -> {
                  Runnable task =
                      () -> begin(caller, process, request, stream, input, call, release);
                  if (process == null) {
                    stream.finish(
                        Envelope.error(request.id(), FailureErrors.of(failure)).toBytes(), 502);
                    release.run();
                  } else if (!slot.sender().offer(task)) {
                    Reply full =
                        Reply.error(503, request.id(), ErrorCodes.INTERNAL_ERROR, "too many calls");
                    stream.finish(full.body(), full.status());
                    release.run();
                  }
                });
  }

  private void begin(
      CallerResources caller,
      ServerProcess process,
      StatelessRequest request,
      EventStream stream,
      Map<String, Json> input,
      AtomicReference<StatelessCall> known,
      Runnable release) {
    boolean foreign = request.requestState().isPresent() && process.era() == McpEra.LEGACY;
    if (foreign) {
      Reply refusal =
          Reply.error(
              400, request.id(), ErrorCodes.INVALID_PARAMS, "the requestState is not valid");
      stream.finish(refusal.body(), refusal.status());
      release.run();
    } else if (request.method().equals("server/discover") && process.era() == McpEra.LEGACY) {
      stream.finish(RevisionTranslation.discovery(request.id(), process.server()).toBytes(), 200);
      release.run();
    } else {
      StatelessCall call =
          new StatelessCall(
              caller.held(), settings, threads, process, request, stream, input, release);
      known.set(call);
      call.begin();
    }
  }

  private void listen(McpHttpExchange exchange, CallerResources caller, StatelessRequest request) {
    Slot slot = caller.servers().acquire(request, false);
    AtomicReference<Subscription> known = new AtomicReference<>();
    EventStream stream =
        EventStream.unresumable(
            style,
            left -> {
              Subscription subscription = known.get();
              if (subscription != null) {
                subscription.clientLeft();
              }
            });
    Subscription subscription =
        new Subscription(
            request,
            stream,
            slot,
            over -> {
              caller.remove(over);
              caller.servers().release(slot, false);
              caller.leave();
            });
    known.set(subscription);
    stream.attach(exchange, Map.of(), true, -1);
    Consumer<ServerProcess> begin =
        process -> {
          if (caller.add(subscription)) {
            subscription.begin(process);
          } else {
            subscription.end(null);
          }
        };
    var unused =
        slot.ready()
            .whenComplete(
                (process, failure) -> {
                  if (process == null) {
                    subscription.end(
                        Envelope.error(request.id(), FailureErrors.of(failure)).toBytes());
                  } else if (!slot.sender().offer(() -> begin.accept(process))) {
                    subscription.end(null);
                  }
                });
  }
}
