package dev.warren.mcp.internal.session;

import dev.warren.SandboxException;
import dev.warren.mcp.Json;
import dev.warren.mcp.McpEra;
import dev.warren.mcp.McpErrorException;
import dev.warren.mcp.McpServerDescription;
import dev.warren.mcp.channel.ServerExit;
import dev.warren.mcp.channel.StdioTransport;
import dev.warren.mcp.internal.message.Envelope;
import dev.warren.mcp.internal.rpc.CallOptions;
import dev.warren.mcp.internal.rpc.IncomingRequest;
import dev.warren.mcp.internal.rpc.RpcCall;
import dev.warren.mcp.internal.rpc.RpcCounters;
import dev.warren.mcp.internal.rpc.RpcHandler;
import dev.warren.mcp.internal.rpc.RpcOptions;
import dev.warren.mcp.internal.rpc.RpcPeer;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * One process of a server: the connection to it, and what is known of it after the handshake. It is
 * never started again. Thread-safe.
 */
final class ServerProcess {
  /** Hears of a process, and of which one: an old one may still speak when the next has begun. */
  interface Owner {
    void notification(ServerProcess server, Envelope notification);

    void ended(ServerProcess server, SandboxException cause);
  }

  private final RpcPeer peer;
  private final Incoming incoming;
  private volatile @Nullable McpServerDescription description;
  private final AtomicBoolean endTold = new AtomicBoolean();
  private volatile boolean retired;

  private ServerProcess(RpcPeer peer, Incoming incoming) {
    this.peer = peer;
    this.incoming = incoming;
    incoming.server.complete(this);
  }

  static ServerProcess start(
      StdioTransport transport,
      RpcOptions options,
      HandlerRuns handlers,
      RpcCounters counters,
      Owner owner) {
    Incoming incoming = new Incoming(handlers, owner);
    try {
      return new ServerProcess(RpcPeer.start(transport, options, incoming, counters), incoming);
    } catch (RuntimeException | Error e) {
      incoming.server.cancel(false);
      throw e;
    }
  }

  RpcPeer peer() {
    return peer;
  }

  boolean isOpen() {
    return peer.state() == RpcPeer.State.OPEN;
  }

  /** From now on nothing is ever answered: the modern era has no requests of the server. */
  void neverAnswer() {
    incoming.modern = true;
  }

  /** Another process took its place: what it still says is not for anybody. */
  void retire() {
    retired = true;
  }

  /** Whether its end is to be told now: only once, and only of one that was ready. */
  boolean claimEnd() {
    return description != null && endTold.compareAndSet(false, true);
  }

  boolean isRetired() {
    return retired;
  }

  /** Ends the handshake. */
  void ready(McpServerDescription value) {
    incoming.modern = value.era() == McpEra.MODERN;
    description = value;
  }

  /** What the server said of itself, once it is ready. */
  Optional<McpServerDescription> description() {
    return Optional.ofNullable(description);
  }

  boolean isModern() {
    return incoming.modern;
  }

  RpcCall call(String method, @Nullable Json params, CallOptions how) {
    return peer.call(method, params, how);
  }

  @Override
  public String toString() {
    return peer.toString();
  }

  /** What the server sends by itself. */
  private static final class Incoming implements RpcHandler {
    private final HandlerRuns handlers;
    private final Owner owner;
    private final CompletableFuture<ServerProcess> server = new CompletableFuture<>();
    private volatile boolean modern;

    Incoming(HandlerRuns handlers, Owner owner) {
      this.handlers = handlers;
      this.owner = owner;
    }

    @Override
    public boolean takesRequests() {
      return !modern;
    }

    @Override
    public Optional<Json> atOnce(Envelope request) {
      return request.method().equals("ping") ? Optional.of(Json.EMPTY_OBJECT) : Optional.empty();
    }

    @Override
    public void request(IncomingRequest request) {
      CompletableFuture<Json> answer =
          handlers.run(request.method(), request.envelope().params().orElse(Json.EMPTY_OBJECT));
      request.onCancel(() -> answer.cancel(true));
      var unused =
          answer.whenComplete(
              (result, failure) -> {
                if (failure == null) {
                  boolean unusedHere = request.result(result);
                } else if (failure instanceof McpErrorException error) {
                  boolean unusedHere = request.error(error.error());
                }
              });
    }

    @Override
    public void notification(Envelope notification) {
      owner.notification(server.join(), notification);
    }

    @Override
    public void ended(ServerExit exit, SandboxException cause) {
      try {
        owner.ended(server.join(), cause);
      } catch (CompletionException | CancellationException neverStarted) {
        return;
      }
    }
  }
}
