package dev.warren.containerd.internal.client;

import io.grpc.ManagedChannel;
import io.grpc.netty.NettyChannelBuilder;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioDomainSocketChannel;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/** Makes grpc channels over unix sockets, with the JDK's sockets and no native code. */
final class SocketChannelFactory {
  /** The default of 64 KiB makes bulk reads several times slower. */
  private static final int WINDOW = 8 << 20;

  private static final int MAX_MESSAGE = 32 << 20;
  private static final long GRACE_MILLIS = 1000;

  private SocketChannelFactory() {}

  /** A channel and the thread that serves it. */
  record Connection(ManagedChannel channel, EventLoopGroup loop) implements AutoCloseable {
    @Override
    public void close() {
      boolean interrupted = Thread.interrupted();
      channel.shutdownNow();
      try {
        channel.awaitTermination(GRACE_MILLIS, TimeUnit.MILLISECONDS);
      } catch (InterruptedException e) {
        interrupted = true;
      }
      loop.shutdownGracefully(0, GRACE_MILLIS, TimeUnit.MILLISECONDS)
          .awaitUninterruptibly(2 * GRACE_MILLIS);
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  static Connection open(Path socket) {
    EventLoopGroup loop =
        new MultiThreadIoEventLoopGroup(
            1, new DefaultThreadFactory("warren-containerd", true), NioIoHandler.newFactory());
    ManagedChannel channel =
        NettyChannelBuilder.forAddress(UnixDomainSocketAddress.of(socket))
            .channelType(NioDomainSocketChannel.class, UnixDomainSocketAddress.class)
            .eventLoopGroup(loop)
            // grpc sets it on every channel, and netty warns that unix sockets do not have it.
            .withOption(ChannelOption.SO_KEEPALIVE, null)
            // Otherwise the socket's path is sent, which some servers refuse.
            .overrideAuthority("localhost")
            .flowControlWindow(WINDOW)
            .maxInboundMessageSize(MAX_MESSAGE)
            .usePlaintext()
            .disableRetry()
            .build();
    return new Connection(channel, loop);
  }
}
