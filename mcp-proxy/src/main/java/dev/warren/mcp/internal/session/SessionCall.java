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
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One call of a user, from the wait for the server to the last answer: in the modern era a server
 * may ask back, which makes it several requests. It ends exactly once. Thread-safe.
 */
final class SessionCall<T> {
  private final CallContext context;
  private final McpRequest request;
  private final AnswerReader<T> reader;
  private final CompletableFuture<T> result = new CompletableFuture<>();
  private final long begun;
  private volatile @Nullable RpcCall rpc;
  private volatile boolean task;
  private boolean resent;
  private volatile @Nullable InputRounds rounds;

  SessionCall(CallContext context, McpRequest request, AnswerReader<T> reader) {
    this.context = context;
    this.request = request;
    this.reader = reader;
    this.begun = context.nanoTime();
  }

  /** Starts it; cancelling the future cancels what is under way. */
  CompletableFuture<T> start() {
    ServerProcess server = begin();
    if (server != null) {
      attach(server, send(server, null));
    }
    return result;
  }

  /** Does it on this thread, as far as that goes without others. */
  T await() {
    ServerProcess server = begin();
    RpcCall call = server == null ? null : send(server, null);
    if (server != null && call != null) {
      if (task) {
        attach(server, call);
      } else {
        try {
          answered(server, call, call.await());
        } catch (SandboxException e) {
          fail(e);
        }
      }
    }
    return BlockingWait.on(result, request.method());
  }

  /** The server to send the request to now; null when it goes on (or ended) elsewhere. */
  private @Nullable ServerProcess begin() {
    if (!context.admit()) {
      result.completeExceptionally(
          SandboxException.of(Code.RESOURCE_EXHAUSTED, "call " + request.method(), "MCP session")
              .detail("too many calls wait for their answers")
              .remedy("wait for some, or raise the limit")
              .build());
      return null;
    }
    var unused = result.whenComplete((value, failure) -> ended());
    ServerProcess server = context.ready();
    if (server == null) {
      awaitServer();
    }
    return server;
  }

  private void ended() {
    context.release();
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
    Future<?> alarm =
        alarm(TimeUnit.NANOSECONDS.convert(timeout()), "because the server was not ready");
    context.whenReady(
        (server, failure) -> {
          alarm.cancel(false);
          if (failure != null) {
            fail(Failures.because(request.method(), failure));
          } else if (server != null && !result.isDone()) {
            attach(server, send(server, null));
          }
        });
  }

  /** Ends it after a time, unless that is called off before. */
  private Future<?> alarm(long nanos, String why) {
    Runnable end = () -> fail(Failures.timeout(request.method(), timeout(), why));
    return context.alarm(end, nanos);
  }

  /** Sends a round; null when that failed. */
  private @Nullable RpcCall send(ServerProcess server, @Nullable Json params) {
    Optional<SandboxException> refusal = context.refusal(server, request.method());
    if (refusal.isPresent()) {
      fail(refusal.get());
      return null;
    }
    Json content = params != null ? params : context.params(server, request);
    if (rounds == null && server.isModern() && content != null) {
      rounds = context.rounds(request.method(), content);
      if (result.isDone()) {
        rounds.stop();
      }
    }
    task = TaskCalls.isTask(server, request);
    RpcCall call;
    try {
      call = server.call(request.method(), content, options(params != null));
    } catch (SandboxException e) {
      if (!resent && !server.isOpen() && e.code() == Code.UNAVAILABLE && params == null) {
        resent = true; // it ended before anything was sent
        awaitServer();
      } else {
        fail(e);
      }
      return null;
    }
    rpc = call;
    if (task) {
      watchTask(server, call);
    } else if (result.isDone()) {
      boolean unused = call.cancel("the caller gave up");
    }
    return call;
  }

  private void attach(ServerProcess server, @Nullable RpcCall call) {
    if (call == null) {
      return;
    }
    call.whenEnded(
        (answer, failure) -> {
          if (answer != null) {
            answered(server, call, answer);
          } else if (failure != null) {
            fail(failure);
          }
        });
  }

  private void answered(ServerProcess server, RpcCall call, Envelope answer) {
    InputRounds asked = rounds;
    if (asked == null) {
      complete(call, answer);
      return;
    }
    var unused =
        asked
            .next(answer)
            .whenComplete(
                (again, failure) -> {
                  if (failure != null) {
                    fail(failure);
                  } else if (again.isEmpty()) {
                    complete(call, answer);
                  } else if (!result.isDone()) {
                    attach(server, send(server, again.get()));
                  }
                });
  }

  private void complete(RpcCall call, Envelope answer) {
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

  private void fail(Throwable failure) {
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

  /** What is left of the longest that a call may take. */
  private Duration totalLeft() {
    long total = TimeUnit.NANOSECONDS.convert(context.maxTotal());
    return Duration.ofNanos(Math.max(1, total - (context.nanoTime() - begun)));
  }

  private Duration timeout() {
    return request.timeout().orElse(context.requestTimeout());
  }

  private CallOptions options(boolean laterRound) {
    CallOptions how = CallOptions.defaults();
    if (task) {
      return how.withoutCancel().withTimeout(totalLeft());
    }
    Duration time = timeout();
    if (laterRound) {
      time = time.compareTo(totalLeft()) < 0 ? time : totalLeft();
    } else {
      time = time.minusNanos(context.nanoTime() - begun);
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
        : how.withResetOnProgress().withProgress(told -> context.tell(restored(told, token)));
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
  private void watchTask(ServerProcess server, RpcCall call) {
    long left = TimeUnit.NANOSECONDS.convert(timeout()) - (context.nanoTime() - begun);
    Future<?> alarm = alarm(Math.max(1, left), "the task is cancelled");
    var unused =
        call.future()
            .whenComplete(
                (answer, failure) -> {
                  alarm.cancel(false);
                  if (answer != null && result.isCompletedExceptionally()) { // nobody waited for it
                    TaskCalls.cancel(server, answer);
                  }
                });
  }
}
