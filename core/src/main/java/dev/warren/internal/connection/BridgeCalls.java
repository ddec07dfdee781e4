package dev.warren.internal.connection;

import dev.warren.SandboxException;
import dev.warren.SandboxException.Code;
import dev.warren.bridge.v1.ContainerServiceGrpc;
import dev.warren.bridge.v1.ContainerServiceGrpc.ContainerServiceBlockingStub;
import io.grpc.StatusRuntimeException;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/**
 * Makes calls over leased connections. A call that changes nothing is tried a second time when the
 * connection turns out to be lost; any other is not, since it may have taken effect. Thread-safe.
 */
public final class BridgeCalls {
  /** For what a bridge does at once. A bridge that is gone is noticed earlier, by keepalive. */
  static final long QUICK_SECONDS = 60;

  private final ConnectionSource source;
  private final String subject;

  public BridgeCalls(ConnectionSource source, String subject) {
    this.source = source;
    this.subject = subject;
  }

  /** Whether a call may be made twice. */
  public enum Effect {
    NONE,
    CHANGES
  }

  /** What errors name: the sandbox, and what in it. */
  public String subject(String detail) {
    return detail.isEmpty() ? subject : subject + ":" + detail;
  }

  /** A call that ends soon. */
  public <R> R quick(
      String operation,
      String detail,
      Effect effect,
      Function<ContainerServiceBlockingStub, R> call) {
    return unary(
        operation,
        detail,
        effect,
        stub -> call.apply(stub.withDeadlineAfter(QUICK_SECONDS, TimeUnit.SECONDS)));
  }

  /** A call that takes as long as it takes; it ends with the connection or an interrupt. */
  public <R> R unary(
      String operation,
      String detail,
      Effect effect,
      Function<ContainerServiceBlockingStub, R> call) {
    return attempt(
        operation,
        effect,
        lease -> {
          try (lease) {
            return call.apply(
                ContainerServiceGrpc.newBlockingStub(lease.connection().channel())
                    .withMaxInboundMessageSize(BridgeChannel.MAX_MESSAGE));
          } catch (StatusRuntimeException e) {
            throw StatusMapper.map(operation, subject(detail), e);
          }
        });
  }

  /**
   * Runs something with a lease that it closes, whether it fails or not; it may do so later, when a
   * stream that it returns ends.
   */
  public <R> R attempt(String operation, Effect effect, Function<ConnectionSource.Lease, R> call) {
    for (boolean again = false; ; again = true) {
      ConnectionSource.Lease lease = Leases.usable(source, operation);
      try {
        return call.apply(lease);
      } catch (SandboxException e) {
        if (e.code() != Code.UNAVAILABLE) {
          throw e;
        }
        lease.invalidate();
        if (again || effect == Effect.CHANGES) {
          throw e;
        }
      }
    }
  }
}
