package dev.warren.mcp.internal.rpc;

import dev.warren.mcp.internal.message.Envelope;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * How one call is made.
 *
 * @param timeout until the answer; empty takes the connection's. {@link #NO_TIMEOUT} for a call
 *     that stays open
 * @param resetOnProgress whether a progress notification for this call starts the timeout again;
 *     the connection's {@link RpcOptions#maximum} holds in any case
 * @param cancellable whether the server is told when the call is given up; {@code initialize} must
 *     not be
 * @param inOrder whether the answer waits until notifications that came before it were handled.
 *     Always so with a progress listener. A call that waits like this still ends at its timeout,
 *     then with its answer
 * @param progress takes the progress notifications of this call, one at a time and in order
 */
public record CallOptions(
    Optional<Duration> timeout,
    boolean resetOnProgress,
    boolean cancellable,
    boolean inOrder,
    Optional<Consumer<Envelope>> progress) {

  /** For a call that ends only by its answer, a cancel or the end of the server. */
  public static final Duration NO_TIMEOUT = Duration.ofSeconds(Long.MAX_VALUE);

  private static final CallOptions DEFAULTS =
      new CallOptions(Optional.empty(), false, true, false, Optional.empty());

  /** The connection's timeout, cancellable, no progress, and the answer as soon as it comes. */
  public static CallOptions defaults() {
    return DEFAULTS;
  }

  public CallOptions withTimeout(Duration value) {
    return new CallOptions(Optional.of(value), resetOnProgress, cancellable, inOrder, progress);
  }

  public CallOptions withoutTimeout() {
    return withTimeout(NO_TIMEOUT);
  }

  public CallOptions withResetOnProgress() {
    return new CallOptions(timeout, true, cancellable, inOrder, progress);
  }

  public CallOptions withoutCancel() {
    return new CallOptions(timeout, resetOnProgress, false, inOrder, progress);
  }

  public CallOptions withInOrder() {
    return new CallOptions(timeout, resetOnProgress, cancellable, true, progress);
  }

  /**
   * Asks for progress. The listener gets the server's notifications as they are, but for the token:
   * in a forwarded call it is the one of the original request.
   */
  public CallOptions withProgress(Consumer<Envelope> listener) {
    return new CallOptions(timeout, resetOnProgress, cancellable, true, Optional.of(listener));
  }
}
