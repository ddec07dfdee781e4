package dev.warren.bench;

import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.netty.NettyChannelBuilder;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioDomainSocketChannel;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;

/** Bytes over gRPC and a unix socket, to a server that has nothing behind it: the yardstick's. */
final class BareStream implements AutoCloseable {
  private static final int FRAME = 256 << 10;
  private static final int PREFETCH = 8;
  private static final int WINDOW = 8 << 20; // as the bridge and its client have it

  private final EventLoopGroup loop = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
  private final ManagedChannel channel;

  BareStream(Path socket) {
    channel =
        NettyChannelBuilder.forAddress(UnixDomainSocketAddress.of(socket))
            .channelType(NioDomainSocketChannel.class, UnixDomainSocketAddress.class)
            .eventLoopGroup(loop)
            .withOption(ChannelOption.SO_KEEPALIVE, null)
            .overrideAuthority("localhost")
            .flowControlWindow(WINDOW)
            .directExecutor()
            .usePlaintext()
            .build();
  }

  /** Sends as many bytes, and waits until the server has them. */
  void up(long bytes) throws InterruptedException {
    up("Up", bytes);
  }

  /** The same; the server has them in a file, and synced it. */
  void upToFile(long bytes) throws InterruptedException {
    up("UpFile", bytes);
  }

  private void up(String method, long bytes) throws InterruptedException {
    ClientCall<byte[], byte[]> call = call(method, MethodDescriptor.MethodType.CLIENT_STREAMING);
    Receiver receiver = new Receiver(call);
    call.start(receiver, new Metadata());
    call.request(1);
    byte[] frame = new byte[FRAME];
    for (long rest = bytes; rest > 0; rest -= FRAME) {
      while (!call.isReady() && !receiver.end.isDone()) {
        receiver.ready.acquire();
      }
      call.sendMessage(frame);
    }
    call.halfClose();
    receiver.end.join();
  }

  /** Gets as many bytes. */
  void down(long bytes) {
    down("Down", bytes);
  }

  /** Gets those of the file. */
  void downFromFile(long bytes) {
    down("DownFile", bytes);
  }

  private void down(String method, long bytes) {
    ClientCall<byte[], byte[]> call = call(method, MethodDescriptor.MethodType.SERVER_STREAMING);
    Receiver receiver = new Receiver(call);
    call.start(receiver, new Metadata());
    call.request(PREFETCH);
    call.sendMessage(ByteBuffer.allocate(Long.BYTES).putLong(bytes).array());
    call.halfClose();
    receiver.end.join();
    if (receiver.received != bytes) {
      throw new IllegalStateException("got " + receiver.received + " bytes");
    }
  }

  @Override
  public void close() {
    channel.shutdownNow();
    loop.shutdownGracefully().awaitUninterruptibly();
  }

  private ClientCall<byte[], byte[]> call(String name, MethodDescriptor.MethodType type) {
    return channel.newCall(
        MethodDescriptor.newBuilder(new Raw(), new Raw())
            .setType(type)
            .setFullMethodName("yardstick.Stream/" + name)
            .build(),
        CallOptions.DEFAULT);
  }

  private static final class Receiver extends ClientCall.Listener<byte[]> {
    final Semaphore ready = new Semaphore(0);
    final CompletableFuture<Void> end = new CompletableFuture<>();
    private final ClientCall<byte[], byte[]> call;
    long received;

    Receiver(ClientCall<byte[], byte[]> call) {
      this.call = call;
    }

    @Override
    public void onMessage(byte[] message) {
      received += message.length;
      call.request(1);
    }

    @Override
    public void onReady() {
      ready.release();
    }

    @Override
    public void onClose(Status status, Metadata trailers) {
      if (status.isOk()) {
        end.complete(null);
      } else {
        end.completeExceptionally(status.asRuntimeException());
      }
      ready.release();
    }
  }

  /** Messages as they are. */
  private static final class Raw implements MethodDescriptor.Marshaller<byte[]> {
    @Override
    public InputStream stream(byte[] value) {
      return new Known(value);
    }

    @Override
    public byte[] parse(InputStream stream) {
      try {
        byte[] message = new byte[stream.available()];
        stream.readNBytes(message, 0, message.length);
        return message;
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  /** Saves gRPC a copy to find out the length. */
  private static final class Known extends ByteArrayInputStream implements io.grpc.KnownLength {
    Known(byte[] bytes) {
      super(bytes);
    }
  }
}
