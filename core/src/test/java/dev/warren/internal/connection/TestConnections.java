package dev.warren.internal.connection;

import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.ClientInterceptors;
import io.grpc.ManagedChannel;
import io.grpc.MethodDescriptor;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** A source with one connection at a time, which counts what is borrowed. Thread-safe. */
public final class TestConnections implements ConnectionSource, AutoCloseable {
  public final AtomicInteger borrowed = new AtomicInteger();
  final AtomicInteger invalidations = new AtomicInteger();
  private final Supplier<BridgeConnection> opener;
  private final List<BridgeConnection> opened = new ArrayList<>();
  private @Nullable BridgeConnection connection;

  TestConnections(Supplier<BridgeConnection> opener) {
    this.opener = opener;
  }

  @Override
  public synchronized Lease lease(String operation) {
    if (connection == null) {
      connection = opener.get();
      opened.add(connection);
    }
    BridgeConnection leased = connection;
    borrowed.incrementAndGet();
    return new Lease() {
      private boolean open = true;

      @Override
      public BridgeConnection connection() {
        return leased;
      }

      @Override
      public void invalidate() {
        invalidations.incrementAndGet();
        drop(leased);
      }

      @Override
      public synchronized void close() {
        if (open) {
          open = false;
          borrowed.decrementAndGet();
        }
      }
    };
  }

  private synchronized void drop(BridgeConnection lost) {
    if (connection == lost) {
      connection = null;
    }
  }

  /** Closes the connection under whatever uses it. */
  public synchronized void sever() {
    if (connection != null) {
      connection.close();
    }
  }

  @Override
  public synchronized void close() {
    opened.forEach(BridgeConnection::close);
    opened.clear();
    connection = null;
  }

  /** The same connection, with something between it and its calls. */
  public static BridgeConnection intercepted(BridgeConnection real, ClientInterceptor interceptor) {
    ManagedChannel channel = (ManagedChannel) real.channel();
    return new BridgeConnection(
        new Intercepted(channel, interceptor),
        real.threads(),
        real::isUsable,
        real.instance(),
        real.bridgeVersion(),
        real.features());
  }

  private static final class Intercepted extends ManagedChannel {
    private final ManagedChannel channel;
    private final io.grpc.Channel calls;

    Intercepted(ManagedChannel channel, ClientInterceptor interceptor) {
      this.channel = channel;
      this.calls = ClientInterceptors.intercept(channel, List.of(interceptor));
    }

    @Override
    public <Q, R> ClientCall<Q, R> newCall(MethodDescriptor<Q, R> method, CallOptions options) {
      return calls.newCall(method, options);
    }

    @Override
    public String authority() {
      return channel.authority();
    }

    @Override
    public ManagedChannel shutdown() {
      channel.shutdown();
      return this;
    }

    @Override
    public boolean isShutdown() {
      return channel.isShutdown();
    }

    @Override
    public boolean isTerminated() {
      return channel.isTerminated();
    }

    @Override
    public ManagedChannel shutdownNow() {
      channel.shutdownNow();
      return this;
    }

    @Override
    public boolean awaitTermination(long timeout, TimeUnit unit) throws InterruptedException {
      return channel.awaitTermination(timeout, unit);
    }
  }
}
