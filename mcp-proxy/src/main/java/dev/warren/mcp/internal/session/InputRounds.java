package dev.warren.mcp.internal.session;

import dev.warren.SandboxException;
import dev.warren.SandboxException.Code;
import dev.warren.mcp.Json;
import dev.warren.mcp.McpErrorException;
import dev.warren.mcp.McpRevision;
import dev.warren.mcp.internal.message.Envelope;
import dev.warren.mcp.internal.rpc.RpcCall;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The rounds of one call in the modern era: a server that needs something answers with questions,
 * and gets the same request again, with the answers.
 */
final class InputRounds {
  private static final int UNSUPPORTED_VERSION = -32022;
  private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(50);
  private static final Set<String> MAY_ASK = Set.of("tools/call", "prompts/get", "resources/read");
  private static final Set<String> MAY_BE_ASKED =
      Set.of("sampling/createMessage", "roots/list", "elicitation/create");

  private final SessionCall<?> exchange;
  private final ServerProcess link;
  private Json params;
  private int done;
  private boolean versionChanged;
  private volatile List<CompletableFuture<Json>> running = List.of();
  private volatile @Nullable Future<?> pause;

  InputRounds(SessionCall<?> exchange, ServerProcess link, Json params) {
    this.exchange = exchange;
    this.link = link;
    this.params = params;
  }

  /** The call is over: handlers of it are interrupted. */
  void stop() {
    running.forEach(handler -> handler.cancel(true));
    Future<?> waiting = pause;
    if (waiting != null) {
      waiting.cancel(false);
    }
  }

  void answered(RpcCall call, Envelope answer) {
    if (answer.kind() == Envelope.Kind.ERROR) {
      if (mayChangeVersion(answer)) {
        versionChanged = true;
        params = RequestMetadata.withOurVersion(exchange.method(), params);
        send(params);
      } else {
        exchange.complete(call, answer);
      }
      return;
    }
    Optional<String> type = answer.token("result", "resultType");
    switch (type.orElse("\"complete\"")) {
      case "\"complete\"" -> exchange.complete(call, answer);
      case "\"input_required\"" -> ask(answer);
      default -> {
        if (exchange.owner().takesResult(type.orElseThrow())) {
          exchange.complete(call, answer);
        } else {
          exchange.fail(
              Failures.invalidAnswer(
                  exchange.method(), "the result is of an unknown type: " + type.orElseThrow()));
        }
      }
    }
  }

  private boolean mayChangeVersion(Envelope answer) {
    return !versionChanged
        && answer
            .error()
            .filter(error -> error.code() == UNSUPPORTED_VERSION)
            .flatMap(error -> error.data())
            .flatMap(data -> data.at("/supported"))
            .map(Json::elements)
            .orElse(List.of())
            .stream()
            .flatMap(version -> version.string("").stream())
            .anyMatch(McpRevision.V2026_07_28.toString()::equals);
  }

  private void ask(Envelope answer) {
    Optional<String> state = answer.token("result", "requestState");
    Optional<Json> questions = answer.token("result", "inputRequests").map(Json::parse);
    if (!MAY_ASK.contains(exchange.method()) || (state.isEmpty() && questions.isEmpty())) {
      exchange.fail(
          Failures.invalidAnswer(
              exchange.method(), "the server asked back where it must not, or for nothing"));
      return;
    }
    if (++done > exchange.owner().settings().limits().rounds()) {
      exchange.fail(
          SandboxException.of(Code.RESOURCE_EXHAUSTED, "call " + exchange.method(), "MCP server")
              .detail("the server asked back more than " + (done - 1) + " times")
              .remedy("raise the limit of rounds, if that is how the server works")
              .build());
      return;
    }
    if (questions.isEmpty()) {
      // nothing to ask: the server wants to be asked later
      pause =
          exchange
              .owner()
              .timer()
              .schedule(
                  () -> exchange.owner().threads().execute(() -> again(state, Optional.empty())),
                  PAUSE_NANOS * done);
      return;
    }
    handle(questions.get(), state);
  }

  private void handle(Json questions, Optional<String> state) {
    Map<String, CompletableFuture<Json>> answers = new LinkedHashMap<>();
    if (!(questions.toJava() instanceof Map<?, ?> asked)) {
      exchange.fail(Failures.invalidAnswer(exchange.method(), "inputRequests is no object"));
      return;
    }
    for (Map.Entry<?, ?> question : asked.entrySet()) {
      Json what = Json.of(question.getValue());
      String method = what.string("/method").orElse("");
      HandlerRuns handlers = exchange.owner().handlers();
      if (!MAY_BE_ASKED.contains(method) || !handlers.knows(method)) {
        answers.values().forEach(handler -> handler.cancel(true));
        exchange.fail(
            Failures.unsupported(
                exchange.method(),
                "the server asks for '" + method + "', for which there is no handler",
                "set the handler on the session's builder"));
        return;
      }
      answers.put(
          String.valueOf(question.getKey()),
          handlers.run(method, what.at("/params").orElse(Json.EMPTY_OBJECT)));
    }
    running = List.copyOf(answers.values());
    if (exchange.isDone()) {
      stop();
      return;
    }
    var unused =
        CompletableFuture.allOf(answers.values().toArray(CompletableFuture[]::new))
            .whenComplete(
                (all, failure) -> {
                  if (failure != null) {
                    failed(failure);
                  } else {
                    again(state, Optional.of(collected(answers)));
                  }
                });
  }

  private void failed(Throwable failure) {
    stop();
    Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
    String said =
        cause instanceof McpErrorException error ? error.error().message() : "it was cancelled";
    exchange.fail(
        SandboxException.of(Code.INTERNAL, "call " + exchange.method(), "MCP server")
            .detail("the server asked back, and the handler failed: " + said)
            .cause(cause)
            .build());
  }

  private void again(Optional<String> state, Optional<Json> answers) {
    Envelope message = Envelope.request("0", exchange.method(), params);
    if (answers.isPresent()) {
      message = message.with(answers.get().toString(), "params", "inputResponses");
    }
    if (state.isPresent()) {
      message = message.with(state.get(), "params", "requestState");
    }
    send(message.params().orElseThrow());
  }

  private void send(Json content) {
    if (exchange.isDone()) {
      return;
    }
    RpcCall call = exchange.send(link, content);
    if (call != null) {
      exchange.attach(call);
    }
  }

  private static Json collected(Map<String, CompletableFuture<Json>> answers) {
    Map<String, Object> all = new LinkedHashMap<>();
    answers.forEach((name, answer) -> all.put(name, answer.join()));
    return Json.of(all);
  }
}
