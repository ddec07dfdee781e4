package dev.warren.mcp.internal.session;

import dev.warren.SandboxException;
import dev.warren.SandboxException.Code;
import dev.warren.mcp.Json;
import dev.warren.mcp.McpCapabilities;
import dev.warren.mcp.McpErrorException;
import dev.warren.mcp.McpRevision;
import dev.warren.mcp.internal.message.Envelope;
import dev.warren.mcp.internal.retry.Retries;
import dev.warren.mcp.internal.thread.CallbackThreads;
import dev.warren.mcp.internal.thread.Timer;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/**
 * The rounds of one call in the modern era: a server that needs something answers with questions,
 * and gets the same request again, with the answers.
 */
final class InputRounds {
  private static final String COMPLETE = "\"complete\"";
  private static final int UNSUPPORTED_VERSION = -32022;
  private static final CompletableFuture<Optional<Json>> LAST =
      CompletableFuture.completedFuture(Optional.empty());
  private static final Set<String> MAY_ASK = Set.of("tools/call", "prompts/get", "resources/read");
  private static final Set<String> MAY_BE_ASKED =
      Set.of("sampling/createMessage", "roots/list", "elicitation/create");

  private final String method;
  private final SessionSettings settings;
  private final Retries retries;
  private final HandlerRuns handlers;
  private final CallbackThreads threads;
  private final Timer timer;
  private Json params;
  private int done;
  private boolean versionChanged;
  private volatile List<CompletableFuture<Json>> running = List.of();
  private volatile @Nullable Future<?> pause;
  private volatile boolean stopped;

  InputRounds(
      String method,
      Json params,
      SessionSettings settings,
      HandlerRuns handlers,
      CallbackThreads threads,
      Timer timer) {
    this.method = method;
    this.params = params;
    this.settings = settings;
    this.retries = Retries.inputRounds(settings.limits().rounds());
    this.handlers = handlers;
    this.threads = threads;
    this.timer = timer;
  }

  /** The call is over: handlers of it are interrupted. */
  void stop() {
    stopped = true;
    running.forEach(handler -> handler.cancel(true));
    Future<?> waiting = pause;
    if (waiting != null) {
      waiting.cancel(false);
    }
  }

  /**
   * What follows from an answer.
   *
   * @return completes with the parameters of the next request, or empty when this is the answer to
   *     the call; with the error of the call, when there is to be neither
   */
  CompletableFuture<Optional<Json>> next(Envelope answer) {
    if (answer.kind() == Envelope.Kind.ERROR) {
      if (!mayChangeVersion(answer)) {
        return LAST;
      }
      versionChanged = true;
      params = RequestMetadata.withOurVersion(method, params);
      return CompletableFuture.completedFuture(Optional.of(params));
    }
    String type = answer.token("result", "resultType").orElse(COMPLETE);
    if (type.equals("\"input_required\"")) {
      return ask(answer);
    }
    return type.equals(COMPLETE) || takesResult(type)
        ? LAST
        : failed(Failures.invalidAnswer(method, "the result is of an unknown type: " + type));
  }

  /** Whether an extension was declared that has results of this type. */
  private boolean takesResult(String type) {
    return type.equals("\"task\"")
        && new McpCapabilities(settings.capabilities())
            .has("/extensions/io.modelcontextprotocol~1tasks");
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

  private CompletableFuture<Optional<Json>> ask(Envelope answer) {
    Optional<String> state = answer.token("result", "requestState");
    Optional<Json> questions = answer.token("result", "inputRequests").map(Json::parse);
    if (!MAY_ASK.contains(method) || (state.isEmpty() && questions.isEmpty())) {
      return failed(
          Failures.invalidAnswer(
              method, "the server asked back where it must not, or for nothing"));
    }
    if (!retries.allows(++done)) {
      return failed(
          SandboxException.of(Code.RESOURCE_EXHAUSTED, "call " + method, "MCP server")
              .detail("the server asked back more than " + (done - 1) + " times")
              .remedy("raise the limit of rounds, if that is how the server works")
              .build());
    }
    return questions.isEmpty() ? later(state) : handle(questions.get(), state);
  }

  /** There is nothing to ask: the server wants to be asked later. */
  private CompletableFuture<Optional<Json>> later(Optional<String> state) {
    CompletableFuture<Optional<Json>> next = new CompletableFuture<>();
    pause =
        timer.schedule(
            () -> threads.execute(() -> next.complete(Optional.of(again(state, Optional.empty())))),
            retries.pause(done).toNanos());
    return next;
  }

  private CompletableFuture<Optional<Json>> handle(Json questions, Optional<String> state) {
    if (!(questions.toJava() instanceof Map<?, ?> asked)) {
      return failed(Failures.invalidAnswer(method, "inputRequests is no object"));
    }
    Map<String, CompletableFuture<Json>> answers = new LinkedHashMap<>();
    for (Map.Entry<?, ?> question : asked.entrySet()) {
      Json what = Json.of(question.getValue());
      String wanted = what.string("/method").orElse("");
      if (!MAY_BE_ASKED.contains(wanted) || !handlers.knows(wanted)) {
        answers.values().forEach(handler -> handler.cancel(true));
        return failed(
            Failures.unsupported(
                method,
                "the server asks for '" + wanted + "', for which there is no handler",
                "set the handler on the session's builder"));
      }
      answers.put(
          String.valueOf(question.getKey()),
          handlers.run(wanted, what.at("/params").orElse(Json.EMPTY_OBJECT)));
    }
    running = List.copyOf(answers.values());
    if (stopped) {
      stop();
    }
    return CompletableFuture.allOf(answers.values().toArray(CompletableFuture[]::new))
        .handle(
            (all, failure) -> {
              if (failure != null) {
                running.forEach(handler -> handler.cancel(true));
                throw handlerFailed(failure);
              }
              return Optional.of(again(state, Optional.of(collected(answers))));
            });
  }

  private SandboxException handlerFailed(Throwable failure) {
    Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
    String said =
        cause instanceof McpErrorException error ? error.error().message() : "it was cancelled";
    return SandboxException.of(Code.INTERNAL, "call " + method, "MCP server")
        .detail("the server asked back, and the handler failed: " + said)
        .cause(cause)
        .build();
  }

  private Json again(Optional<String> state, Optional<Json> answers) {
    Envelope message = Envelope.request("0", method, params);
    if (answers.isPresent()) {
      message = message.with(answers.get().toString(), "params", "inputResponses");
    }
    if (state.isPresent()) {
      message = message.with(state.get(), "params", "requestState");
    }
    return message.params().orElseThrow();
  }

  private static Json collected(Map<String, CompletableFuture<Json>> answers) {
    Map<String, Object> all = new LinkedHashMap<>();
    answers.forEach((name, answer) -> all.put(name, answer.join()));
    return Json.of(all);
  }

  private static CompletableFuture<Optional<Json>> failed(SandboxException failure) {
    return CompletableFuture.failedFuture(failure);
  }
}
