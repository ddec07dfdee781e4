package dev.warren.internal.connection;

import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.NegotiationType;
import io.grpc.netty.NettyChannelBuilder;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFactory;
import io.netty.channel.ChannelOption;
import io.netty.channel.socket.nio.NioDomainSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import javax.net.ssl.SSLException;
import javax.net.ssl.TrustManager;
import org.jspecify.annotations.Nullable;

/**
 * A gRPC channel that connects once. gRPC's own channels connect again by themselves, to whoever
 * then listens; here whoever answers must have been checked, so a lost connection stays lost.
 * Thread-safe.
 */
final class BridgeChannel {
  static final int MAX_MESSAGE = 16 << 20;

  /**
   * Bytes in flight towards us: enough for a bulk stream; nothing of it is allocated in advance.
   */
  private static final int WINDOW = 8 << 20;

  private static final long KEEPALIVE_SECONDS = 30;
  private static final long KEEPALIVE_TIMEOUT_SECONDS = 10;

  private final ManagedChannel grpc;
  private final SingleUse transport;

  private BridgeChannel(ManagedChannel grpc, SingleUse transport) {
    this.grpc = grpc;
    this.transport = transport;
  }

  static BridgeChannel unix(Path socket, ConnectorThreads threads) {
    SingleUse once = new SingleUse(NioDomainSocketChannel::new);
    NettyChannelBuilder builder = builder(UnixDomainSocketAddress.of(socket), once, threads);
    // A unix socket has no such option; netty would log a warning for every channel.
    builder.withOption(ChannelOption.SO_KEEPALIVE, null);
    return new BridgeChannel(builder.usePlaintext().build(), once);
  }

  static BridgeChannel tcp(
      InetSocketAddress endpoint,
      ClientIdentity.Credentials client,
      TrustManager server,
      ConnectorThreads threads) {
    SingleUse once = new SingleUse(NioSocketChannel::new);
    // A context of its own for each connection: a resumed session would skip the pin.
    NettyChannelBuilder builder =
        builder(endpoint, once, threads)
            .negotiationType(NegotiationType.TLS)
            .sslContext(tls(client, server));
    return new BridgeChannel(builder.build(), once);
  }

  ManagedChannel grpc() {
    return grpc;
  }

  /** Whether it is connected. */
  boolean isConnected() {
    Channel channel = transport.channel;
    return channel != null && channel.isActive() && !grpc.isShutdown();
  }

  private static NettyChannelBuilder builder(
      SocketAddress address, SingleUse transport, ConnectorThreads threads) {
    return NettyChannelBuilder.forAddress(address)
        .eventLoopGroup(threads.eventLoops())
        .channelFactory(transport)
        .executor(threads.executor())
        .offloadExecutor(threads.executor())
        .overrideAuthority("localhost")
        .flowControlWindow(WINDOW)
        .maxInboundMessageSize(MAX_MESSAGE)
        // Only with calls under way: many sandboxes are idle, and need no traffic for that.
        .keepAliveTime(KEEPALIVE_SECONDS, TimeUnit.SECONDS)
        .keepAliveTimeout(KEEPALIVE_TIMEOUT_SECONDS, TimeUnit.SECONDS)
        .keepAliveWithoutCalls(false)
        .idleTimeout(365, TimeUnit.DAYS) // gRPC takes this as never
        .proxyDetector(target -> null)
        .disableServiceConfigLookUp()
        .disableRetry()
        .maxTraceEvents(0);
  }

  private static SslContext tls(ClientIdentity.Credentials client, TrustManager server) {
    try {
      SslContextBuilder builder =
          SslContextBuilder.forClient()
              .keyManager(client.key(), client.certificate())
              .trustManager(server)
              .protocols("TLSv1.3");
      return GrpcSslContexts.configure(builder, SslProvider.JDK).build();
    } catch (SSLException e) {
      throw new IllegalStateException("TLS 1.3 is not available in this JVM", e);
    }
  }

  /** Makes one transport, and refuses to make another. */
  private static final class SingleUse implements ChannelFactory<Channel> {
    private final Supplier<Channel> constructor;
    private boolean used;
    private volatile @Nullable Channel channel;

    SingleUse(Supplier<Channel> constructor) {
      this.constructor = constructor;
    }

    @Override
    public synchronized Channel newChannel() {
      if (used) {
        // gRPC takes the status of it for the calls that asked for another transport.
        throw Status.UNAVAILABLE.withDescription("the connection was lost").asRuntimeException();
      }
      used = true;
      Channel made = constructor.get();
      channel = made;
      return made;
    }
  }
}
