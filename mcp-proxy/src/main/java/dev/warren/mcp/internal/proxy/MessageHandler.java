package dev.warren.mcp.internal.proxy;

import dev.warren.SandboxException;
import dev.warren.SandboxException.Code;
import dev.warren.mcp.Json;
import dev.warren.mcp.McpErrorException.RpcError;
import dev.warren.mcp.McpRequest;
import dev.warren.mcp.McpResponse;
import dev.warren.mcp.internal.errors.ErrorCodes;
import dev.warren.mcp.internal.errors.FailureErrors;
import dev.warren.mcp.internal.message.Envelope;
import dev.warren.mcp.internal.proxy.SharedSessions.Lease;
import dev.warren.mcp.proxy.McpRoute;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Checks a message, sends it to its session, and writes the answer. Thread-safe. */
public final class MessageHandler {
  private static final Logger LOG = LoggerFactory.getLogger(MessageHandler.class);

  private final SharedSessions sessions;
  private final Map<Began, CompletableFuture<McpResponse>> calls = new ConcurrentHashMap<>();

  /** A call, as its client knows it. */
  private record Began(McpRoute route, String id) {}

  public MessageHandler(SharedSessions sessions) {
    this.sessions = sessions;
  }

  /** The answer to a message; empty when there is none to give. */
  public Optional<String> handle(McpRoute route, String text) {
    Envelope message;
    try {
      message = Envelope.read(text.getBytes(StandardCharsets.UTF_8));
    } catch (IOException e) {
      boolean batch = text.stripLeading().startsWith("[");
      return batch
          ? error(null, ErrorCodes.INVALID_REQUEST, "send one message at a time")
          : error(null, ErrorCodes.PARSE_ERROR, "not a JSON object");
    }
    String id = message.id().orElse(null);
    if (!message.token("jsonrpc").filter("\"2.0\""::equals).isPresent()) {
      return error(id, ErrorCodes.INVALID_REQUEST, "jsonrpc must be \"2.0\"");
    }
    boolean answer = message.token("result").isPresent() || message.token("error").isPresent();
    boolean named = message.token("method").filter(method -> !method.startsWith("\"")).isEmpty();
    if (named && message.method().isBlank() && !answer) {
      return error(id, ErrorCodes.METHOD_NOT_FOUND, "the method is missing");
    }
    return switch (message.kind()) {
      case REQUEST -> Optional.of(request(route, message, id));
      case NOTIFICATION -> {
        notification(route, message);
        yield Optional.empty();
      }
      case RESULT, ERROR -> Optional.empty(); // this entry has asked nothing
      case BROKEN_ANSWER, INVALID ->
          error(id, ErrorCodes.INVALID_REQUEST, "not a JSON-RPC message");
    };
  }

  private String request(McpRoute route, Envelope message, @Nullable String id) {
    Optional<Json> params = message.params();
    if (params.filter(value -> !value.toString().startsWith("{")).isPresent()) {
      return error(id, ErrorCodes.INVALID_PARAMS, "the parameters must be an object").orElseThrow();
    }
    McpRequest request = McpRequest.of(message.method()).withId(Json.parse(String.valueOf(id)));
    Began began = new Began(route, String.valueOf(id));
    try (Lease lease = sessions.use(route.bot(), route.server())) {
      CompletableFuture<McpResponse> call =
          lease.session().callAsync(params.map(request::withParams).orElse(request));
      boolean first = calls.putIfAbsent(began, call) == null;
      try {
        return call.get().toString();
      } catch (InterruptedException e) {
        call.cancel(true);
        Thread.currentThread().interrupt();
        return failure(id, SandboxException.of(Code.CANCELLED, "call", "MCP server").build());
      } catch (ExecutionException e) {
        return failure(id, e.getCause());
      } catch (CancellationException e) {
        return failure(id, SandboxException.of(Code.CANCELLED, "call", "MCP server").build());
      } finally {
        if (first) {
          calls.remove(began, call);
        }
      }
    }
  }

  private void notification(McpRoute route, Envelope message) {
    if (message.method().equals("notifications/cancelled")) {
      Optional<String> id = message.token("params", "requestId");
      CompletableFuture<McpResponse> call =
          id.map(token -> calls.get(new Began(route, token))).orElse(null);
      if (call != null) {
        call.cancel(true);
      }
      return;
    }
    try (Lease lease = sessions.use(route.bot(), route.server())) {
      lease.session().notify(message.method(), message.params().orElse(Json.EMPTY_OBJECT));
    } catch (SandboxException e) {
      if (e.code() == Code.NOT_FOUND && e.operation().equals("call MCP server")) {
        throw e;
      }
      LOG.debug("a notification was dropped: {}", e.code());
    }
  }

  private static Optional<String> error(@Nullable String id, int code, String text) {
    return Optional.of(Envelope.error(id, new RpcError(code, text, Optional.empty())).toJson());
  }

  private static String failure(@Nullable String id, Throwable failure) {
    return Envelope.error(id, FailureErrors.of(failure)).toJson();
  }
}
