package dev.warren.mcp.internal.http;

import dev.warren.SandboxException;
import dev.warren.SandboxException.Code;
import dev.warren.mcp.EraCache;
import dev.warren.mcp.Json;
import dev.warren.mcp.McpEra;
import dev.warren.mcp.internal.http.ModernCaller.Slot;
import dev.warren.mcp.internal.http.Processes.Caller;
import dev.warren.mcp.internal.rpc.Envelope;
import dev.warren.mcp.proxy.McpAccess;
import dev.warren.mcp.proxy.McpHttpExchange;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Streamable HTTP of revision 2026-07-28, which knows no sessions, in front of servers of either
 * family. Thread-safe.
 */
final class ModernEndpoint implements AutoCloseable {
  private final EndpointSettings settings;
  private final HttpThreads threads;
  private final Processes processes;
  private final EventStream.Style style;
  private final EraCache eras = EraCache.inMemory();
  private final StateSigner signer = new StateSigner();
  private final AtomicLong states = new AtomicLong();
  private final Map<Caller, ModernCaller> callers = new ConcurrentHashMap<>();

  ModernEndpoint(EndpointSettings settings, HttpThreads threads, Processes processes) {
    this.settings = settings;
    this.threads = threads;
    this.processes = processes;
    this.style = settings.style(threads);
  }

  /** A message that was POSTed. */
  void post(McpHttpExchange exchange, McpAccess.Granted access, Envelope message, boolean events) {
    if (message.kind() != Envelope.Kind.REQUEST) {
      boolean notification = message.kind() == Envelope.Kind.NOTIFICATION;
      Exchanges.send(
          exchange,
          notification
              ? Reply.empty(202)
              : Reply.error(400, null, Reply.INVALID_REQUEST, "answers are not taken"));
      return;
    }
    ModernRequest request = ModernRequest.of(message);
    Reply refusal = request.refusal(exchange);
    if (refusal == null && Translation.REMOVED.contains(request.method())) {
      refusal = Reply.error(404, request.id(), Reply.METHOD_NOT_FOUND, "method not found");
    }
    if (refusal != null) {
      Exchanges.send(exchange, refusal);
      return;
    }
    ModernCaller caller = enter(access);
    if (caller == null) {
      Exchanges.send(
          exchange, Reply.error(429, request.id(), Reply.INTERNAL_ERROR, "too many calls"));
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
      int status = e.code() == Code.INVALID_ARGUMENT ? 400 : 503;
      Exchanges.send(
          exchange,
          status == 400
              ? Reply.error(400, request.id(), Reply.INVALID_PARAMS, e.subject())
              : Reply.json(status, Envelope.error(request.id(), Failures.of(e))));
    }
  }

  /** Ends processes that nobody used for a while. */
  void endIdle() {
    callers.forEach(
        (key, caller) -> {
          caller.endIdle(settings.idle());
          callers.computeIfPresent(key, (same, each) -> each.isUnused() ? null : each);
        });
  }

  @Override
  public void close() {
    callers.values().forEach(ModernCaller::close);
  }

  /** The caller, with a place for a call taken; null when there is none. */
  private @org.jspecify.annotations.Nullable ModernCaller enter(McpAccess.Granted access) {
    boolean[] entered = new boolean[1];
    ModernCaller caller =
        callers.compute(
            Caller.of(access),
            (key, known) -> {
              ModernCaller each =
                  known != null
                      ? known
                      : new ModernCaller(
                          access, settings, threads, processes, eras, signer, states);
              entered[0] = each.enter();
              return each;
            });
    return entered[0] ? caller : null;
  }

  private void call(
      McpHttpExchange exchange, ModernCaller caller, ModernRequest request, boolean events) {
    Map<String, Json> input = input(request);
    AtomicReference<ModernCall> call = new AtomicReference<>();
    EventStream[] self = new EventStream[1];
    EventStream stream =
        new EventStream(
            style,
            "",
            null,
            false,
            () -> {
              ModernCall known = call.get();
              if (known != null) {
                known.clientLeft(self[0]);
              }
            });
    self[0] = stream;
    Optional<String> state = request.requestState();
    Optional<ModernCall> held = state.flatMap(text -> caller.take(text, request));
    if (held.isPresent()) {
      call.set(held.get());
      stream.attach(exchange, Map.of(), events, -1);
      caller.leave(); // the call has its place already
      held.get().resume(request, stream, input);
      return;
    }
    Slot slot = caller.acquire(request, request.mayAsk());
    stream.attach(exchange, Map.of(), events, -1);
    Runnable release =
        () -> {
          caller.release(slot, request.mayAsk());
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
                        Envelope.error(request.id(), Failures.of(failure)).toBytes(), 502);
                    release.run();
                  } else if (!slot.sender().offer(task)) {
                    stream.finish(
                        Reply.error(503, request.id(), Reply.INTERNAL_ERROR, "too many calls")
                            .body(),
                        503);
                    release.run();
                  }
                });
  }

  private static void begin(
      ModernCaller caller,
      ModernProcess process,
      ModernRequest request,
      EventStream stream,
      Map<String, Json> input,
      AtomicReference<ModernCall> known,
      Runnable release) {
    boolean foreign = request.requestState().isPresent() && process.era() == McpEra.LEGACY;
    if (foreign) {
      stream.finish(
          Reply.error(400, request.id(), Reply.INVALID_PARAMS, "the requestState is not valid")
              .body(),
          400);
      release.run();
    } else if (request.method().equals("server/discover") && process.era() == McpEra.LEGACY) {
      stream.finish(Translation.discovery(request.id(), process.server()).toBytes(), 200);
      release.run();
    } else {
      ModernCall call = new ModernCall(caller, process, request, stream, input, release);
      known.set(call);
      call.begin();
    }
  }

  private void listen(McpHttpExchange exchange, ModernCaller caller, ModernRequest request) {
    Slot slot = caller.acquire(request, false);
    AtomicReference<Listening> known = new AtomicReference<>();
    EventStream stream =
        new EventStream(
            style,
            "",
            null,
            false,
            () -> {
              Listening listening = known.get();
              if (listening != null) {
                listening.clientLeft();
              }
            });
    Listening listening = new Listening(caller, request, stream, slot);
    known.set(listening);
    stream.attach(exchange, Map.of(), true, -1);
    var unused =
        slot.ready()
            .whenComplete(
                (process, failure) -> {
                  if (process == null) {
                    listening.end(Envelope.error(request.id(), Failures.of(failure)).toBytes());
                  } else if (!slot.sender().offer(() -> listening.begin(process))) {
                    listening.end(null);
                  }
                });
  }

  /** The answers that a client brings; {@code INVALID_ARGUMENT} when they are none. */
  private static Map<String, Json> input(ModernRequest request) {
    Optional<Json> responses = request.message().token("params", "inputResponses").map(Json::parse);
    Map<String, Json> input = new LinkedHashMap<>();
    if (responses.isEmpty()) {
      return input;
    }
    if (!(responses.get().toJava() instanceof Map<?, ?> all)) {
      throw SandboxException.invalid("read", "inputResponses must be an object", "");
    }
    for (Object key : all.keySet()) {
      String name = String.valueOf(key);
      String pointer = "/" + name.replace("~", "~0").replace("/", "~1");
      Json answer = responses.get().at(pointer).orElse(Json.EMPTY_OBJECT);
      if (!(answer.toJava() instanceof Map<?, ?>)) {
        throw SandboxException.invalid("read", "each of inputResponses must be an object", "");
      }
      input.put(name, answer);
    }
    return input;
  }
}
