package dev.warren.mcp.sdk;

import dev.warren.SandboxException;
import dev.warren.SandboxException.Code;
import dev.warren.mcp.internal.message.Envelope;
import dev.warren.mcp.internal.rpc.IncomingRequest;
import dev.warren.mcp.internal.rpc.RpcHandler;
import io.modelcontextprotocol.json.McpJsonMapper;
import io.modelcontextprotocol.spec.McpSchema;
import io.modelcontextprotocol.spec.McpSchema.JSONRPCMessage;
import io.modelcontextprotocol.spec.McpSchema.JSONRPCResponse;
import io.modelcontextprotocol.spec.McpSchema.JSONRPCResponse.JSONRPCError;
import java.io.IOException;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Mono;

/**
 * What a server sends, on its way to the SDK. Its requests get a number of ours as their id,
 * because the SDK does not keep every id as it was written. Thread-safe.
 */
final class SdkInbox implements RpcHandler {
  private static final Logger LOG = LoggerFactory.getLogger(SdkInbox.class);

  /** The error code of what failed on this side. */
  static final int LOCAL_FAILURE = -32019;

  private final McpJsonMapper mapper;
  private final Map<String, IncomingRequest> requests = new ConcurrentHashMap<>();
  private final AtomicLong lastNumber = new AtomicLong();
  private volatile Function<Mono<JSONRPCMessage>, Mono<JSONRPCMessage>> handler =
      message -> message;

  SdkInbox(McpJsonMapper mapper) {
    this.mapper = mapper;
  }

  void deliverTo(Function<Mono<JSONRPCMessage>, Mono<JSONRPCMessage>> value) {
    handler = value;
  }

  @Override
  public void request(IncomingRequest request) {
    String number = Long.toString(lastNumber.incrementAndGet());
    requests.put(number, request);
    request.onCancel(() -> requests.remove(number));
    deliver(request.envelope().withId(number));
  }

  /** The SDK's answer to a request of the server. */
  void answer(Envelope answer) {
    IncomingRequest request = answer.id().map(requests::remove).orElse(null);
    if (request == null || !request.answer(answer)) {
      LOG.debug("an answer of the SDK has no request any more");
    }
  }

  @Override
  public void notification(Envelope notification) {
    deliver(notification);
  }

  /** The answer to a request of the SDK; one that the SDK cannot take is a failure of its call. */
  void deliver(Object id, Envelope answer) {
    try {
      deliver(message(answer));
    } catch (IOException | IllegalArgumentException e) {
      fail(
          id,
          SandboxException.of(Code.UNSUPPORTED, "read answer", answer.toString())
              .detail("the SDK cannot take it: " + firstLine(e))
              .cause(e)
              .build());
    }
  }

  /** A failure on the way, in the only form in which the SDK takes one. */
  void fail(Object id, Throwable failure) {
    Code code = failure instanceof SandboxException known ? known.code() : Code.INTERNAL;
    deliver(
        JSONRPCResponse.error(
            id,
            new JSONRPCError(
                LOCAL_FAILURE, String.valueOf(failure.getMessage()), Map.of("code", code.name()))));
  }

  void deliver(Envelope envelope) {
    try {
      deliver(message(envelope));
    } catch (IOException | IllegalArgumentException e) {
      LOG.debug("the SDK does not take {}", envelope, e);
    }
  }

  private JSONRPCMessage message(Envelope envelope) throws IOException {
    return McpSchema.deserializeJsonRpcMessage(mapper, envelope.toJson());
  }

  private static String firstLine(Exception e) {
    return String.valueOf(e.getMessage()).lines().findFirst().orElse("");
  }

  void deliver(JSONRPCMessage message) {
    var unused =
        handler
            .apply(Mono.just(message))
            .subscribe(done -> {}, failure -> LOG.debug("the SDK failed on a message", failure));
  }
}
