package dev.warren.mcp.internal.session;

import dev.warren.SandboxException;
import dev.warren.SandboxException.Code;
import dev.warren.mcp.McpErrorException;
import dev.warren.mcp.McpListener;
import dev.warren.mcp.McpSubscription;
import dev.warren.mcp.McpSubscriptionFilter;
import dev.warren.mcp.internal.message.Envelope;
import dev.warren.mcp.internal.rpc.RpcCall;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** One stream of news, over the processes that carry it one after the other. Thread-safe. */
final class SubscriptionStream implements McpSubscription {
  private final Subscriptions owner;
  private final McpSubscriptionFilter filter;
  private final List<McpListener> listener;
  private final CompletableFuture<McpSubscriptionFilter> acknowledged = new CompletableFuture<>();
  private final CompletableFuture<Void> ended = new CompletableFuture<>();
  private @Nullable ServerProcess process;
  private @Nullable RpcCall call;
  private boolean speaking;

  /**
   * @param listener of this stream; none for those of the session
   */
  SubscriptionStream(
      Subscriptions owner, McpSubscriptionFilter filter, @Nullable McpListener listener) {
    this.owner = owner;
    this.filter = filter;
    this.listener = listener == null ? List.of() : List.of(listener);
  }

  @Override
  public CompletableFuture<McpSubscriptionFilter> acknowledged() {
    return acknowledged.copy();
  }

  @Override
  public CompletableFuture<Void> ended() {
    return ended.copy();
  }

  @Override
  public void close() {
    owner.close(this);
  }

  McpSubscriptionFilter filter() {
    return filter;
  }

  List<McpListener> listener() {
    return listener;
  }

  boolean isOver() {
    return ended.isDone();
  }

  /** Takes a process; false when it has it already. */
  synchronized boolean take(ServerProcess next) {
    if (process == next) {
      return false;
    }
    process = next;
    call = null;
    speaking = false;
    return true;
  }

  synchronized @Nullable ServerProcess carrier() {
    return process;
  }

  synchronized void carry(RpcCall next) {
    call = next;
  }

  synchronized @Nullable RpcCall call() {
    return call;
  }

  /** The server agrees; nothing may come before. */
  void agreed(McpSubscriptionFilter to) {
    synchronized (this) {
      speaking = true;
    }
    acknowledged.complete(to);
  }

  synchronized boolean isSpeaking() {
    return speaking;
  }

  /** The request that carried it has ended. */
  void over(@Nullable Envelope answer, @Nullable Throwable failure) {
    if (answer != null && answer.kind() == Envelope.Kind.ERROR) {
      fail(new McpErrorException("subscriptions/listen", answer.error().orElseThrow()));
    } else if (answer != null) {
      end();
    } else if (failure instanceof SandboxException cause && cause.code() != Code.UNAVAILABLE) {
      if (cause.code() == Code.CLOSED || cause.code() == Code.CANCELLED) {
        end();
      } else {
        fail(cause);
      }
    } // else its process has ended: the next one carries it
  }

  void end() {
    acknowledged.completeExceptionally(
        SandboxException.of(Code.CLOSED, "listen", "MCP server")
            .detail("the stream was over before the server agreed to it")
            .build());
    ended.complete(null);
    owner.forget(this);
  }

  void fail(RuntimeException cause) {
    acknowledged.completeExceptionally(cause);
    ended.completeExceptionally(cause);
    owner.forget(this);
  }
}
