package dev.warren.containerd.internal.client;

import com.google.protobuf.Empty;
import dev.warren.SandboxException;
import dev.warren.SandboxException.Code;
import dev.warren.containerd.internal.api.introspection.PluginsRequest;
import dev.warren.containerd.internal.api.introspection.PluginsResponse;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.ClientInterceptors;
import io.grpc.ConnectivityState;
import io.grpc.Context;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.stub.MetadataUtils;
import java.nio.file.Path;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A connection to one containerd daemon, in one namespace.
 *
 * <p>It connects with the first call and again whenever the daemon was away: each call after a loss
 * makes one attempt of its own, so nothing waits out a backoff. Thread-safe; {@link #close()} ends
 * calls in flight with {@code CLOSED}.
 */
public final class ContainerdClient implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(ContainerdClient.class);
  private static final Metadata.Key<String> NAMESPACE = header("containerd-namespace");
  private static final Metadata.Key<String> LEASE = header("containerd-lease");

  private final Path socket;
  private final String namespace;
  private final SocketChannelFactory.Connection connection;
  private final Channel channel;
  private final Stubs stubs;
  private final Leases leases = new Leases(this);
  private volatile boolean closed;

  private ContainerdClient(
      Path socket, String namespace, SocketChannelFactory.Connection connection) {
    this.socket = socket;
    this.namespace = namespace;
    this.connection = connection;
    this.channel =
        ClientInterceptors.intercept(
            connection.channel(),
            new Reconnecting(),
            new CallDeadlines(),
            headers(NAMESPACE, namespace));
    this.stubs = new Stubs(channel);
  }

  /** Prepares a client; nothing is connected or checked yet, see {@link #version()}. */
  public static ContainerdClient open(Path socket, String namespace) {
    return new ContainerdClient(socket, namespace, SocketChannelFactory.open(socket));
  }

  /** The namespace all calls are made in. */
  public String namespace() {
    return namespace;
  }

  /** The daemon's services. Calls on them throw grpc's errors; {@link #call} translates those. */
  public Stubs stubs() {
    return stubs;
  }

  /** The daemon's services, with the lease of that id on each call. */
  Stubs stubs(String lease) {
    return new Stubs(ClientInterceptors.intercept(channel, headers(LEASE, lease)));
  }

  public Leases leases() {
    return leases;
  }

  /**
   * Makes one or more calls and translates their failures. An interrupt ends a blocking call and
   * leaves the thread's flag set.
   *
   * @throws SandboxException by the table in {@link ContainerdErrors}; {@code CLOSED} after {@link
   *     #close()}; for a connection that cannot be made the code says why
   */
  public <T> T call(String operation, String subject, Supplier<T> calls) {
    if (closed) {
      throw closedError(operation, subject, null);
    }
    try {
      return calls.get();
    } catch (RuntimeException e) {
      throw translate(operation, subject, e);
    }
  }

  /** Translates the failure of an asynchronous call as {@link #call} does. */
  public SandboxException translate(String operation, String subject, Throwable failure) {
    if (failure instanceof SandboxException known) {
      return known;
    }
    Status status = Status.fromThrowable(failure);
    boolean lost =
        status.getCode() == Status.Code.UNAVAILABLE || ContainerdErrors.isLostConnection(status);
    if (closed && (lost || status.getCode() == Status.Code.CANCELLED)) {
      return closedError(operation, subject, failure);
    }
    return lost
        ? ConnectFault.explain(socket, operation, subject, failure)
        : ContainerdErrors.map(operation, subject, failure);
  }

  /**
   * Runs a step of tidying up to its end even where the thread was interrupted or the surrounding
   * grpc context cancelled. A failure is logged and otherwise ignored; absence is success.
   */
  public void cleanUp(String operation, String subject, Runnable step) {
    boolean interrupted = Thread.interrupted();
    try {
      Context.ROOT.run(step);
    } catch (RuntimeException e) {
      if (!closed && !ContainerdErrors.isNotFound(e)) {
        log.warn("{} {}: {}", operation, subject, translate(operation, subject, e).getMessage());
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /**
   * Connects and asks which containerd it is.
   *
   * @throws SandboxException {@code UNAVAILABLE} (no socket, nobody or somebody else listens, no
   *     answer), {@code PERMISSION_DENIED}, {@code INVALID_ARGUMENT} (the path is no socket),
   *     {@code UNSUPPORTED} (older than 1.6)
   */
  public ContainerdVersion version() {
    String operation = "connect to the engine";
    ContainerdVersion version =
        call(
            operation,
            "",
            () -> {
              try {
                return ContainerdVersion.parse(
                    stubs.version().version(Empty.getDefaultInstance()).getVersion());
              } catch (RuntimeException e) {
                if (ConnectFault.isSilent(e)) {
                  throw ConnectFault.silent(operation, "", e);
                }
                if (!closed && ConnectFault.isForeign(e)) {
                  throw ConnectFault.stranger(operation, "", e);
                }
                throw e;
              }
            });
    if (version.release().isEmpty()) {
      log.warn("containerd reports the unknown version '{}'; going on", version.text());
    } else if (!version.isAtLeast(1, 6)) {
      throw SandboxException.of(Code.UNSUPPORTED, operation, "")
          .backend(ContainerdErrors.BACKEND)
          .detail("containerd " + version.text() + " is too old")
          .remedy("update it to 1.6 or later")
          .build();
    }
    return version;
  }

  /** Whether the daemon has that plugin and could start it. */
  public boolean hasPlugin(String type, String id) {
    PluginsRequest request =
        PluginsRequest.newBuilder().addFilters("type==" + type + ",id==" + id).build();
    PluginsResponse answer =
        call("look for plugin", id, () -> stubs.introspection().plugins(request));
    return answer.getPluginsList().stream()
        .anyMatch(
            plugin ->
                plugin.getType().equals(type) && plugin.getId().equals(id) && !plugin.hasInitErr());
  }

  /** Ends calls in flight and frees the connection, within a few seconds. Idempotent. */
  @Override
  public void close() {
    closed = true;
    connection.close();
  }

  private static SandboxException closedError(
      String operation, String subject, @Nullable Throwable cause) {
    return SandboxException.of(Code.CLOSED, operation, subject)
        .backend(ContainerdErrors.BACKEND)
        .detail("the runtime was closed")
        .cause(cause)
        .build();
  }

  private static Metadata.Key<String> header(String name) {
    return Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER);
  }

  private static ClientInterceptor headers(Metadata.Key<String> key, String value) {
    Metadata metadata = new Metadata();
    metadata.put(key, value);
    return MetadataUtils.newAttachHeadersInterceptor(metadata);
  }

  /**
   * After a failed attempt grpc refuses calls until its backoff is over, which grows to minutes. A
   * channel sent back to idle connects for the next call instead.
   */
  private final class Reconnecting implements ClientInterceptor {
    @Override
    public <Q, A> ClientCall<Q, A> interceptCall(
        MethodDescriptor<Q, A> method, CallOptions options, Channel next) {
      ManagedChannel managed = connection.channel();
      if (managed.getState(false) == ConnectivityState.TRANSIENT_FAILURE) {
        managed.enterIdle();
      }
      return next.newCall(method, options);
    }
  }
}
