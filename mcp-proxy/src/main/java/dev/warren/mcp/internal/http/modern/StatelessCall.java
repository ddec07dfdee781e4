package dev.warren.mcp.internal.http.modern;

import dev.warren.SandboxException;
import dev.warren.SandboxException.Code;
import dev.warren.mcp.Json;
import dev.warren.mcp.McpEra;
import dev.warren.mcp.McpErrorException.RpcError;
import dev.warren.mcp.internal.errors.ErrorCodes;
import dev.warren.mcp.internal.errors.FailureErrors;
import dev.warren.mcp.internal.http.budget.EndpointSettings;
import dev.warren.mcp.internal.http.exchange.HttpThreads;
import dev.warren.mcp.internal.http.exchange.Reply;
import dev.warren.mcp.internal.http.stream.EventStream;
import dev.warren.mcp.internal.message.Envelope;
import dev.warren.mcp.internal.rpc.CallOptions;
import dev.warren.mcp.internal.rpc.IncomingRequest;
import dev.warren.mcp.internal.rpc.RpcCall;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/**
 * One call of a stateless client, over as many HTTP requests as it takes. When a server of the
 * handshake revisions asks for input, the call is held: the client gets {@code input_required} with
 * a state, and the HTTP request that brings the input goes on with the call. Thread-safe.
 */
final class StatelessCall implements ServerProcess.OpenCall {
  /** Requests that a server makes at once become one round. */
  private static final Duration GATHER = Duration.ofMillis(30);

  private static final RpcError GONE =
      new RpcError(ErrorCodes.INTERNAL_ERROR, "the client has gone", Optional.empty());

  /** Keeps calls whose clients have to bring input. */
  interface Holder {
    /** Keeps a call for the client's next request: its state; empty when too many are kept. */
    Optional<String> hold(StatelessCall call);

    /** The client did not come back with the input. */
    void expire(StatelessCall call);
  }

  private final Holder holder;
  private final EndpointSettings settings;
  private final HttpThreads threads;
  private final ServerProcess process;
  private final Runnable release;
  private final Map<String, IncomingRequest> asked = new LinkedHashMap<>();
  private final Map<String, Json> given = new LinkedHashMap<>();
  private StatelessRequest request;
  private EventStream stream;
  private @Nullable RpcCall rpc;
  private @Nullable Reply outcome;
  private boolean held;
  private boolean done;
  private Future<?> expiry = CompletableFuture.completedFuture(null);

  /**
   * @param holder keeps it while it waits for input
   * @param given answers that came with the first request
   * @param release gives the process back; called once
   */
  StatelessCall(
      Holder holder,
      EndpointSettings settings,
      HttpThreads threads,
      ServerProcess process,
      StatelessRequest request,
      EventStream stream,
      Map<String, Json> given,
      Runnable release) {
    this.holder = holder;
    this.settings = settings;
    this.threads = threads;
    this.process = process;
    this.request = request;
    this.stream = stream;
    this.given.putAll(given);
    this.release = release;
  }

  /** Sends it to the server; a failure is the client's answer. */
  void begin() {
    process.begin(this);
    RpcCall sent;
    try {
      request.logLevel().ifPresent(process::logLevel);
      sent = process.forward(toServer(), options());
    } catch (SandboxException e) {
      deliver(Reply.json(502, Envelope.error(request.id(), FailureErrors.of(e))));
      return;
    }
    boolean gone;
    synchronized (this) {
      rpc = sent;
      gone = done;
    }
    if (gone) {
      sent.cancel("the client closed the stream");
    }
    var unused =
        sent.future()
            .whenComplete(
                (answer, failure) ->
                    end(
                        answer != null
                            ? RevisionTranslation.answer(
                                request, answer, process.era(), process.server())
                            : Reply.json(
                                200, Envelope.error(request.id(), FailureErrors.of(failure))),
                        failure != null && FailureErrors.code(failure) == Code.CANCELLED));
  }

  private CallOptions options() {
    CallOptions options = CallOptions.defaults().withTimeout(settings.times().call()).withInOrder();
    return request.message().token("params", "_meta", "progressToken").isEmpty()
        ? options
        : options.withResetOnProgress().withProgress(this::progress);
  }

  @Override
  public synchronized boolean mayBeAsked() {
    return !done && request.mayAsk();
  }

  synchronized boolean isFor(StatelessRequest other) {
    return request.method().equals(other.method()) && request.name().equals(other.name());
  }

  @Override
  public void ask(IncomingRequest incoming) {
    Optional<String> missing = RevisionTranslation.missingCapability(request, incoming.envelope());
    if (missing.isPresent()) {
      Reply reply = RevisionTranslation.missing(request.id(), missing.get());
      boolean now = decide(reply); // first: the server answers the call when it gets the error
      incoming.error(RevisionTranslation.notDeclared(missing.get()));
      if (now) {
        deliver(reply);
      }
      cancel("the client lacks an ability");
      return;
    }
    synchronized (this) {
      String key = RevisionTranslation.key(incoming.id());
      Json answer = given.remove(key);
      if (answer != null) {
        incoming.result(answer);
        return;
      }
      asked.put(key, incoming);
      incoming.onCancel(() -> takeBack(key, incoming));
      if (asked.size() == 1 && !held) {
        Future<?> unused = threads.later(this::hold, GATHER);
      }
    }
  }

  /**
   * Goes on with the input that the client brings; what it leaves out is asked for again.
   *
   * @param next the stream of the request that brings it
   */
  void resume(StatelessRequest retry, EventStream next, Map<String, Json> input) {
    Reply known;
    synchronized (this) {
      request = retry;
      stream = next;
      held = false;
      expiry.cancel(false);
      input.forEach(
          (key, answer) -> {
            IncomingRequest waiting = asked.remove(key);
            if (waiting != null) {
              waiting.result(answer);
            }
          });
      known = outcome;
      if (known == null && !asked.isEmpty()) {
        Future<?> unused = threads.later(this::hold, GATHER);
      }
    }
    if (known != null) {
      deliver(known);
    }
  }

  /** Only clients that asked for log messages get those of their level. */
  @Override
  public void log(Envelope notification) {
    EventStream target;
    synchronized (this) {
      int wanted = request.logLevel().map(LogLevels::of).orElse(Integer.MAX_VALUE);
      int level =
          notification
              .token("params", "level")
              .flatMap(token -> Json.parse(token).string(""))
              .map(LogLevels::of)
              .orElse(-1);
      target = held || level < wanted ? null : stream;
    }
    if (target != null) {
      target.send(notification.toBytes());
    }
  }

  /** The client closed its connection: that is how it cancels. */
  void clientLeft(EventStream left) {
    synchronized (this) {
      if (held || done || stream != left) {
        return;
      }
    }
    cancel("the client closed the stream");
  }

  /** Ends the call; the server's requests fail. */
  void cancel(String reason) {
    RpcCall sent;
    List<IncomingRequest> open;
    synchronized (this) {
      sent = rpc;
      open = List.copyOf(asked.values());
      asked.clear();
    }
    open.forEach(each -> each.error(GONE));
    if (sent != null) {
      sent.cancel(reason);
    }
    finish();
  }

  private void progress(Envelope notification) {
    EventStream target;
    Optional<String> token;
    synchronized (this) {
      target = held ? null : stream;
      token = request.message().token("params", "_meta", "progressToken");
    }
    if (target != null && token.isPresent()) {
      target.send(notification.with(token.get(), "params", "progressToken").toBytes());
    }
  }

  private void takeBack(String key, IncomingRequest incoming) {
    synchronized (this) {
      asked.remove(key, incoming);
    }
  }

  /** Asks the client, which ends its HTTP request. */
  private void hold() {
    Reply reply;
    EventStream target;
    synchronized (this) {
      if (held || done || asked.isEmpty() || outcome != null) {
        return;
      }
      Optional<String> state = holder.hold(this);
      if (state.isEmpty()) {
        reply =
            Reply.error(
                503, request.id(), ErrorCodes.INTERNAL_ERROR, "too many calls wait for input");
      } else {
        held = true;
        expiry = threads.later(() -> holder.expire(this), settings.times().input());
        reply = RevisionTranslation.inputRequired(request.id(), asked, state.get());
      }
      target = stream;
    }
    target.finish(reply.body(), reply.status());
    if (reply.status() != 200) {
      cancel("too many calls wait for input");
    }
  }

  /** Settles what the client gets, if nothing has yet; whether it gets it now. */
  private synchronized boolean decide(Reply reply) {
    if (outcome != null || done) {
      return false;
    }
    outcome = reply;
    return !held; // else with the client's next request
  }

  private void end(Reply reply, boolean cancelled) {
    if (!decide(reply)) {
      return;
    }
    if (cancelled) {
      stream().finish();
      finish();
    } else {
      deliver(reply);
    }
  }

  private void deliver(Reply reply) {
    EventStream target;
    String id;
    synchronized (this) {
      target = stream;
      id = request.id();
    }
    target.finish(RevisionTranslation.withId(reply.body(), id), reply.status());
    finish();
  }

  private synchronized EventStream stream() {
    return stream;
  }

  private void finish() {
    synchronized (this) {
      if (done) {
        return;
      }
      done = true;
      expiry.cancel(false);
    }
    process.end(this);
    release.run();
  }

  private Envelope toServer() {
    return process.era() == McpEra.MODERN
        ? request.message()
        : RevisionTranslation.withoutInput(request.message());
  }
}
