package dev.warren.mcp.internal.rpc;

import dev.warren.SandboxException;
import dev.warren.mcp.Json;
import dev.warren.mcp.channel.ServerExit;
import dev.warren.mcp.internal.message.Envelope;
import java.util.Optional;

/** Takes what a server sends on its own. */
public interface RpcHandler {

  /**
   * Whether requests of the server are taken at all; else they are dropped without an answer.
   * Called on the reader's thread for each of them.
   */
  default boolean takesRequests() {
    return true;
  }

  /**
   * The answer to a request that needs no thought, such as {@code ping}. Called on the reader's
   * thread, so it must neither block nor run the code of a user.
   */
  default Optional<Json> atOnce(Envelope request) {
    return Optional.empty();
  }

  /**
   * A request of the server. Called on a thread of its own, some at the same time; it may answer
   * now or later. The thread is interrupted when the server takes the request back. What is thrown
   * is answered with -32603 without the exception's text, unless it is an {@link
   * dev.warren.mcp.McpErrorException}, whose error becomes the answer.
   */
  void request(IncomingRequest request) throws Exception;

  /**
   * A notification that is neither progress of a call nor the end of a request of the server. One
   * at a time and in order, but not on one and the same thread.
   */
  void notification(Envelope notification) throws Exception;

  /**
   * The last call, after all notifications: the process has ended or was given up; all pending
   * calls have failed. A handler that never returns keeps it back; {@link RpcPeer#ended} does not
   * wait for handlers.
   *
   * @param cause what calls get from now on: {@code CLOSED} after {@link RpcPeer#close}, else
   *     {@code UNAVAILABLE}
   */
  default void ended(ServerExit exit, SandboxException cause) {}
}
