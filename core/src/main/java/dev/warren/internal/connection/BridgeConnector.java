package dev.warren.internal.connection;

import dev.warren.SandboxAddress;
import dev.warren.SandboxAddress.Tcp;
import dev.warren.SandboxAddress.UnixSocket;
import dev.warren.SandboxException;
import dev.warren.SandboxException.Code;
import dev.warren.StateDirectory;
import dev.warren.bridge.v1.HelloResponse;
import dev.warren.internal.concurrent.LazyValue;
import dev.warren.internal.concurrent.Retries;
import dev.warren.internal.concurrent.RetryPolicy.Series;
import io.grpc.StatusRuntimeException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import javax.net.ssl.SSLException;

/**
 * Opens connections to bridges. Whoever answers is checked before anything else is sent; see {@link
 * ListenerCheck}, {@link PinnedServer} and {@link HelloCheck}. Thread-safe.
 */
public final class BridgeConnector implements AutoCloseable {
  private static final String OPERATION = "connect to";
  private static final int MAX_SOCKET_PATH = 107;

  private final ConnectorThreads threads = new ConnectorThreads();
  private final HelloCheck hello = new HelloCheck();
  private final ListenerCheck listenerCheck;
  private final Supplier<ClientIdentity> identity;
  private volatile boolean closed;

  /**
   * @param identity asked for when a sandbox is reached over TCP
   */
  public BridgeConnector(Supplier<ClientIdentity> identity) {
    this.listenerCheck = new ListenerCheck(new NativeSockets(threads.executor()));
    this.identity = identity;
  }

  /** With the identity of a state directory, which is made when it is first needed. */
  public static BridgeConnector create(StateDirectory state) {
    return new BridgeConnector(new LazyValue<>(() -> ClientIdentity.of(state)));
  }

  /**
   * Connects, waiting for a bridge that is just starting.
   *
   * @param fingerprint of the bridge's key, as it stands on the standard output of the sandbox's
   *     first process; may be empty for a unix socket
   * @param stillRunning whether there is anything to wait for
   * @throws SandboxException {@code PERMISSION_DENIED} when somebody else answers; {@code CONFLICT}
   *     when another sandbox does; {@code UNSUPPORTED} when the bridge speaks another version, or
   *     the check is not possible from here; {@code INVALID_ARGUMENT} for TCP without a fingerprint
   *     or a socket path that is too long; {@code TIMEOUT}; {@code UNAVAILABLE} when the sandbox
   *     ended; {@code CANCELLED}; {@code CLOSED}
   */
  public BridgeConnection connect(
      SandboxAddress address,
      String sandboxId,
      Optional<String> fingerprint,
      Duration timeout,
      BooleanSupplier stillRunning) {
    long deadline = System.nanoTime() + timeout.toNanos();
    Series attempts = Retries.BRIDGE_START.begin();
    Series refusals = Retries.BRIDGE_REFUSAL.begin();
    check(address, sandboxId, fingerprint);
    while (true) {
      if (closed) {
        throw error(Code.CLOSED, sandboxId, "the connector is closed");
      }
      NotReadyException failure;
      try {
        return attempt(address, sandboxId, fingerprint, deadline);
      } catch (NotReadyException e) {
        failure = e;
      }
      if (failure.refusal() && refusals.next(failure).isEmpty()) {
        throw failure.failure();
      }
      if (!stillRunning.getAsBoolean()) {
        throw SandboxException.of(Code.UNAVAILABLE, OPERATION, sandboxId)
            .detail("the sandbox ended before its bridge could be reached")
            .cause(failure.failure())
            .build();
      }
      long left = deadline - System.nanoTime();
      if (left <= 0) {
        throw failure.refusal() ? failure.failure() : timeout(sandboxId, timeout, failure);
      }
      try {
        TimeUnit.NANOSECONDS.sleep(Math.min(attempts.next(failure).orElse(left), left));
      } catch (InterruptedException e) {
        throw StatusMapper.interrupted(OPERATION, sandboxId, e);
      }
    }
  }

  private static void check(
      SandboxAddress address, String sandboxId, Optional<String> fingerprint) {
    if (address instanceof UnixSocket unix) {
      int length = unix.path().toString().getBytes(StandardCharsets.UTF_8).length;
      if (length > MAX_SOCKET_PATH) {
        throw SandboxException.of(Code.INVALID_ARGUMENT, OPERATION, sandboxId)
            .detail("the path of its socket has " + length + " bytes, the kernel allows 107")
            .remedy("choose a shorter state directory")
            .build();
      }
    } else if (fingerprint.isEmpty()) {
      throw error(
          Code.INVALID_ARGUMENT,
          sandboxId,
          "over TCP the fingerprint of the bridge's key is needed, and it is not known");
    }
  }

  private BridgeConnection attempt(
      SandboxAddress address, String sandboxId, Optional<String> expected, long deadline)
      throws NotReadyException {
    if (address instanceof UnixSocket unix) {
      ProcFiles.SocketFile socket = listenerCheck.check(unix, sandboxId, expected.isPresent());
      BridgeConnection connection =
          greet(BridgeChannel.unix(unix.path(), threads), sandboxId, expected, deadline);
      try {
        listenerCheck.unchanged(unix, socket, sandboxId);
        return connection;
      } catch (NotReadyException | RuntimeException e) {
        connection.close();
        throw e;
      }
    }
    Tcp tcp = (Tcp) address;
    PinnedServer server = new PinnedServer(expected.orElseThrow());
    BridgeChannel channel =
        BridgeChannel.tcp(tcp.endpoint(), identity.get().credentials(), server, threads);
    return greet(channel, sandboxId, expected, deadline);
  }

  private BridgeConnection greet(
      BridgeChannel channel, String sandboxId, Optional<String> expected, long deadline)
      throws NotReadyException {
    boolean done = false;
    try {
      long left = Math.max(1, deadline - System.nanoTime());
      HelloResponse response = hello.greet(channel.grpc(), sandboxId, expected, left);
      done = true;
      return new BridgeConnection(
          channel.grpc(),
          threads,
          channel::isConnected,
          response.getInstance(),
          response.getBridgeVersion(),
          Set.copyOf(response.getFeaturesList()));
    } catch (StatusRuntimeException e) {
      throw classify(sandboxId, e);
    } finally {
      if (!done) {
        channel.grpc().shutdownNow();
      }
    }
  }

  private static NotReadyException classify(String sandboxId, StatusRuntimeException failure) {
    if (causedBy(failure, PinnedServer.MismatchException.class)) {
      throw SandboxException.of(Code.PERMISSION_DENIED, OPERATION, sandboxId)
          .detail("the server that answers holds another key than the bridge that was started")
          .cause(failure)
          .build();
    }
    if (causedBy(failure, SSLException.class)) {
      return new NotReadyException(
          SandboxException.of(Code.PERMISSION_DENIED, OPERATION, sandboxId)
              .detail("the TLS handshake was refused")
              .remedy("the bridge trusts only the client identity with which it was started")
              .cause(failure)
              .build(),
          true);
    }
    SandboxException mapped = StatusMapper.map(OPERATION, sandboxId, failure);
    if (mapped.code() == Code.UNAVAILABLE) {
      return new NotReadyException(mapped, false);
    }
    throw mapped;
  }

  private static boolean causedBy(Throwable failure, Class<? extends Throwable> type) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (type.isInstance(cause)) {
        return true;
      }
    }
    return false;
  }

  private static SandboxException timeout(
      String sandboxId, Duration timeout, NotReadyException last) {
    return SandboxException.of(Code.TIMEOUT, OPERATION, sandboxId)
        .detail("its bridge could not be reached within " + timeout.toMillis() + " ms")
        .cause(last.failure())
        .build();
  }

  private static SandboxException error(Code code, String sandboxId, String detail) {
    return SandboxException.of(code, OPERATION, sandboxId).detail(detail).build();
  }

  /** Stops the threads; connections must be closed before. Idempotent. */
  @Override
  public void close() {
    closed = true;
    threads.close();
  }
}
