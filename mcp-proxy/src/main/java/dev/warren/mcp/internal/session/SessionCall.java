package dev.warren.mcp.internal.session;

import dev.warren.SandboxException;
import dev.warren.SandboxException.Code;
import dev.warren.mcp.Json;
import dev.warren.mcp.McpErrorException;
import dev.warren.mcp.McpProgress;
import dev.warren.mcp.McpRequest;
import dev.warren.mcp.internal.message.Envelope;
import dev.warren.mcp.internal.rpc.CallOptions;
import dev.warren.mcp.internal.rpc.RpcCall;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/**
 * One call of a user, from the wait for the server to the last answer: in the modern era a server
 * may ask back, which makes it several requests. It ends exactly once. Thread-safe.
 */
final class SessionCall<T> {
  private final Conversation owner;
  private final McpRequest request;
  private final AnswerReader<T> reader;
  private final CompletableFuture<T> result = new CompletableFuture<>();
  private final long begun;
  private volatile @Nullable RpcCall rpc;
  private volatile boolean task;
  private boolean resent;
  private volatile @Nullable InputRounds rounds;

  SessionCall(Conversation owner, McpRequest request, AnswerReader<T> reader) {
    this.owner = owner;
    this.request = request;
    this.reader = reader;
    this.begun = owner.timer().nanoTime();
  }

  /** Starts it; cancelling the future cancels what is under way. */
  CompletableFuture<T> start() {
    RpcCall call = begin();
    if (call != null) {
      attach(call);
    }
    return result;
  }

  /** Does it on this thread, as far as that goes without others. */
  T await() {
    RpcCall call = begin();
    if (call != null) {
      if (task) {
        attach(call);
      } else {
        try {
          answered(call, call.await());
        } catch (SandboxException e) {
          fail(e);
        }
      }
    }
    return BlockingWait.on(result, request.method());
  }

  /** Sends the request, if the server is ready; null when it goes on (or ended) elsewhere. */
  private @Nullable RpcCall begin() {
    if (!owner.admit()) {
      result.completeExceptionally(
          SandboxException.of(Code.RESOURCE_EXHAUSTED, "call " + request.method(), "MCP session")
              .detail("too many calls wait for their answers")
              .remedy("wait for some, or raise the limit")
              .build());
      return null;
    }
    var unused = result.whenComplete((value, failure) -> ended());
    ServerProcess link = owner.readyLink();
    if (link == null) {
      awaitServer();
      return null;
    }
    return send(link, null);
  }

  private void ended() {
    owner.release();
    RpcCall call = rpc;
    if (call != null && !task && !call.isDone()) {
      boolean unused = call.cancel("the caller gave up");
    }
    InputRounds running = rounds;
    if (running != null) {
      running.stop();
    }
  }

  /** Waits for a server, but not longer than the call may take. */
  private void awaitServer() {
    Future<?> alarm = alarm(Nanos.of(timeout()), "because the server was not ready");
    owner.whenReady(
        (link, failure) -> {
          alarm.cancel(false);
          if (failure != null) {
            fail(Failures.because(request.method(), failure));
          } else if (link != null && !result.isDone()) {
            RpcCall call = send(link, null);
            if (call != null) {
              attach(call);
            }
          }
        });
  }

  /** Ends it after a time, unless that is called off before. */
  private Future<?> alarm(long nanos, String why) {
    Runnable end = () -> fail(Failures.timeout(request.method(), timeout(), why));
    return owner.timer().schedule(() -> owner.threads().execute(end), nanos);
  }

  /** Sends a round; null when that failed. */
  @Nullable RpcCall send(ServerProcess link, @Nullable Json params) {
    Optional<SandboxException> refusal = owner.check(link, request.method());
    if (refusal.isPresent()) {
      fail(refusal.get());
      return null;
    }
    Json content = params;
    if (content == null && link.isModern()) {
      content = owner.modern().complete(request.method(), request.params());
    } else if (content == null) {
      content = request.params().orElse(null);
    }
    if (rounds == null && link.isModern() && content != null) {
      rounds = new InputRounds(this, link, content);
    }
    task = TaskCalls.isTask(link, request);
    RpcCall call;
    try {
      call = link.call(request.method(), content, options(params != null));
    } catch (SandboxException e) {
      if (!resent && !link.isOpen() && e.code() == Code.UNAVAILABLE && params == null) {
        resent = true; // it ended before anything was sent
        awaitServer();
      } else {
        fail(e);
      }
      return null;
    }
    rpc = call;
    if (task) {
      watchTask(link, call);
    } else if (result.isDone()) {
      boolean unused = call.cancel("the caller gave up");
    }
    return call;
  }

  void attach(RpcCall call) {
    call.whenEnded(
        (answer, failure) -> {
          if (answer != null) {
            answered(call, answer);
          } else if (failure != null) {
            fail(failure);
          }
        });
  }

  private void answered(RpcCall call, Envelope answer) {
    InputRounds asked = rounds;
    if (asked != null) {
      asked.answered(call, answer);
    } else {
      complete(call, answer);
    }
  }

  void complete(RpcCall call, Envelope answer) {
    try {
      boolean failed = answer.kind() == Envelope.Kind.ERROR;
      Json outcome =
          failed
              ? answer.token("error").map(Json::parse).orElse(Json.EMPTY_OBJECT)
              : answer.result().orElse(Json.EMPTY_OBJECT);
      Json id = request.id().orElseGet(() -> Json.of(call.id()));
      result.complete(reader.read(request.method(), id, failed, outcome));
    } catch (RuntimeException e) {
      fail(e);
    }
  }

  void fail(Throwable failure) {
    Throwable cause =
        failure instanceof CompletionException && failure.getCause() != null
            ? failure.getCause()
            : failure;
    if (cause instanceof SandboxException || cause instanceof McpErrorException) {
      result.completeExceptionally(cause);
    } else {
      result.completeExceptionally(
          SandboxException.of(Code.INTERNAL, "call", request.method()).cause(cause).build());
    }
  }

  String method() {
    return request.method();
  }

  Conversation owner() {
    return owner;
  }

  boolean isDone() {
    return result.isDone();
  }

  /** What is left of the longest that a call may take. */
  Duration totalLeft() {
    long total = Nanos.of(owner.settings().timeouts().maxTotal());
    return Duration.ofNanos(Math.max(1, total - (owner.timer().nanoTime() - begun)));
  }

  private Duration timeout() {
    return request.timeout().orElse(owner.settings().timeouts().request());
  }

  private CallOptions options(boolean laterRound) {
    CallOptions how = CallOptions.standard();
    if (task) {
      return how.withoutCancel().withTimeout(totalLeft());
    }
    Duration time = timeout();
    if (laterRound) {
      time = time.compareTo(totalLeft()) < 0 ? time : totalLeft();
    } else {
      time = time.minusNanos(owner.timer().nanoTime() - begun);
      time = time.isNegative() || time.isZero() ? Duration.ofNanos(1) : time;
    }
    how = how.withTimeout(time);
    Optional<String> token = progressToken();
    if (request.progress().isPresent()) {
      return how.withResetOnProgress()
          .withProgress(
              told ->
                  request
                      .progress()
                      .get()
                      .accept(McpProgress.from(restored(told, token).params().orElseThrow())));
    }
    return token.isEmpty()
        ? how
        : how.withResetOnProgress().withProgress(told -> owner.tell(restored(told, token)));
  }

  private Optional<String> progressToken() {
    return request
        .params()
        .filter(params -> params.toString().contains("progressToken"))
        .flatMap(params -> params.at("/_meta/progressToken"))
        .map(Json::toString);
  }

  private static Envelope restored(Envelope progress, Optional<String> token) {
    return token.map(own -> progress.with(own, "params", "progressToken")).orElse(progress);
  }

  /** A task has no cancel of its request: it is ended by its name, as soon as that is known. */
  private void watchTask(ServerProcess link, RpcCall call) {
    long left = Nanos.of(timeout()) - (owner.timer().nanoTime() - begun);
    Future<?> alarm = alarm(Math.max(1, left), "the task is cancelled");
    var unused =
        call.future()
            .whenComplete(
                (answer, failure) -> {
                  alarm.cancel(false);
                  if (answer != null && result.isCompletedExceptionally()) { // nobody waited for it
                    TaskCalls.cancel(link, answer);
                  }
                });
  }
}
