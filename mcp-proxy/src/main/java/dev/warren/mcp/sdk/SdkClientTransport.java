package dev.warren.mcp.sdk;

import dev.warren.SandboxException;
import dev.warren.SandboxException.Code;
import dev.warren.mcp.channel.StdioTransport;
import dev.warren.mcp.internal.message.Envelope;
import dev.warren.mcp.internal.rpc.CallOptions;
import dev.warren.mcp.internal.rpc.RpcCall;
import dev.warren.mcp.internal.rpc.RpcOptions;
import dev.warren.mcp.internal.rpc.RpcPeer;
import io.modelcontextprotocol.json.McpJsonDefaults;
import io.modelcontextprotocol.json.McpJsonMapper;
import io.modelcontextprotocol.json.TypeRef;
import io.modelcontextprotocol.spec.McpClientTransport;
import io.modelcontextprotocol.spec.McpSchema.JSONRPCMessage;
import io.modelcontextprotocol.spec.McpSchema.JSONRPCRequest;
import io.modelcontextprotocol.spec.McpSchema.JSONRPCResponse;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/**
 * Connects {@code McpClient.sync} and {@code McpClient.async} of the official SDK to any server
 * that Warren can start: in a sandbox, on the host, or a sandbox's own tools. Unlike the SDK's own
 * stdio transport it accepts calls from any number of threads, skips lines that are not messages,
 * fails all pending calls at once when the server ends, and notifies the server when it gives up a
 * call.
 *
 * <p>A failure on this side reaches the caller as the SDK's {@code McpError} with the code {@link
 * #LOCAL_FAILURE}, because the SDK has no other way to end a call. An instance can be used by one
 * client, once. Thread-safe.
 */
public final class SdkClientTransport implements McpClientTransport {
  /** The error code of failures on this side; servers do not use it. */
  public static final int LOCAL_FAILURE = SdkInbox.LOCAL_FAILURE;

  /**
   * When a call is cancelled that got no answer; the SDK may have given it up before: 10 minutes.
   */
  public static final Duration DEFAULT_LIMIT = Duration.ofMinutes(10);

  private final StdioTransport transport;
  private final McpJsonMapper mapper;
  private final RpcOptions options;
  private final SdkInbox inbox;
  private final Map<String, RpcCall> calls = new ConcurrentHashMap<>();
  private final AtomicBoolean connecting = new AtomicBoolean();
  private final CompletableFuture<RpcPeer> peer = new CompletableFuture<>();

  /** Uses the JSON module on the class path and {@link #DEFAULT_LIMIT}. */
  public SdkClientTransport(StdioTransport transport) {
    this(transport, McpJsonDefaults.getMapper(), DEFAULT_LIMIT);
  }

  /**
   * @param limit how long a call may wait for its answer; the SDK's own timeout should be shorter
   */
  public SdkClientTransport(StdioTransport transport, McpJsonMapper mapper, Duration limit) {
    this.transport = transport;
    this.mapper = mapper;
    this.options = RpcOptions.defaults().toBuilder().timeout(limit).maximum(limit).build();
    this.inbox = new SdkInbox(mapper);
  }

  /** Starts the server. Fails with {@code CONFLICT} the second time. */
  @Override
  public Mono<Void> connect(Function<Mono<JSONRPCMessage>, Mono<JSONRPCMessage>> handler) {
    return Mono.<Void>fromRunnable(
            () -> {
              if (!connecting.compareAndSet(false, true)) {
                throw SandboxException.of(Code.CONFLICT, "connect", transport.toString())
                    .detail("this transport is connected already")
                    .build();
              }
              inbox.deliverTo(handler);
              try {
                peer.complete(RpcPeer.start(transport, options, inbox));
              } catch (RuntimeException e) {
                peer.completeExceptionally(e);
                throw e;
              }
            })
        .subscribeOn(Schedulers.boundedElastic());
  }

  /**
   * Queues the message as soon as the server has started, which the SDK does not wait for. Blocks
   * only while more than 16 MiB are waiting for the server to read them.
   */
  @Override
  public Mono<Void> sendMessage(JSONRPCMessage message) {
    return Mono.fromFuture(peer, true).doOnNext(started -> send(started, message)).then();
  }

  private void send(RpcPeer connected, JSONRPCMessage message) {
    Envelope envelope = envelope(message);
    if (message instanceof JSONRPCRequest request) {
      forward(connected, request, envelope);
    } else if (message instanceof JSONRPCResponse) {
      inbox.answer(envelope);
    } else if (envelope.method().equals("notifications/cancelled")) {
      envelope
          .token("params", "requestId")
          .map(calls::get)
          .ifPresent(call -> call.cancel(envelope));
    } else {
      connected.send(envelope);
    }
  }

  private void forward(RpcPeer connected, JSONRPCRequest request, Envelope envelope) {
    boolean progress = envelope.token("params", "_meta", "progressToken").isPresent();
    CallOptions how =
        progress ? CallOptions.defaults().withProgress(inbox::deliver) : CallOptions.defaults();
    RpcCall call = connected.forward(envelope, how);
    String id = envelope.id().orElseThrow();
    calls.put(id, call);
    var unused =
        call.future()
            .whenComplete(
                (answer, failure) -> {
                  calls.remove(id, call);
                  if (answer != null) {
                    inbox.deliver(request.id(), answer);
                  } else {
                    inbox.fail(request.id(), failure);
                  }
                });
  }

  private Envelope envelope(JSONRPCMessage message) {
    try {
      return Envelope.read(mapper.writeValueAsBytes(message));
    } catch (IOException e) {
      throw SandboxException.of(Code.INVALID_ARGUMENT, "send", "message of the SDK")
          .detail("it has no JSON form")
          .cause(e)
          .build();
    }
  }

  /** Ends the server within 9 seconds: closes its stdin, then sends SIGTERM, then SIGKILL. */
  @Override
  public Mono<Void> closeGracefully() {
    return Mono.<Void>fromRunnable(
            () -> {
              // Before connect there is nothing to end, and afterwards there must not be.
              connecting.set(true);
              RpcPeer started = peer.exceptionally(failure -> null).getNow(null);
              if (started != null) {
                started.close();
              }
            })
        .subscribeOn(Schedulers.boundedElastic());
  }

  @Override
  public <T> T unmarshalFrom(Object data, TypeRef<T> type) {
    return mapper.convertValue(data, type);
  }

  /** Names the transport below. */
  @Override
  public String toString() {
    return "SdkClientTransport[" + transport + "]";
  }
}
