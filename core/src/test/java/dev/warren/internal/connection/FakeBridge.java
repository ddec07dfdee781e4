package dev.warren.internal.connection;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.protobuf.ByteString;
import dev.warren.SandboxAddress;
import dev.warren.bridge.v1.ContainerServiceGrpc.ContainerServiceImplBase;
import dev.warren.bridge.v1.HelloRequest;
import dev.warren.bridge.v1.HelloResponse;
import dev.warren.bridge.v1.StatRequest;
import dev.warren.bridge.v1.StatResponse;
import io.grpc.Server;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.StreamObserver;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.nio.NioEventLoopGroup;
import io.netty.channel.socket.nio.NioServerDomainSocketChannel;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.Signature;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;

/**
 * A server that greets as a bridge does, or nearly so. It runs in this JVM, so the address names
 * this JVM's program as the bridge. Not thread-safe.
 */
final class FakeBridge extends ContainerServiceImplBase implements AutoCloseable {
  final SandboxAddress.UnixSocket address;
  final AtomicInteger callsAfterHello = new AtomicInteger();
  private final KeyPair key;
  private final String sandboxId;
  private final EventLoopGroup threads;
  private final Server server;
  private UnaryOperator<HelloResponse.Builder> change = UnaryOperator.identity();
  private RuntimeException refusal;
  private boolean silent;

  @SuppressWarnings("deprecation") // its successor does not exist in netty 4.1
  FakeBridge(Path socket, String sandboxId) throws IOException, GeneralSecurityException {
    this.key = new Certificates().newKey();
    this.sandboxId = sandboxId;
    this.address =
        new SandboxAddress.UnixSocket(
            socket, Path.of("/proc/self/exe"), ProcessHandle.current().pid());
    this.threads = new NioEventLoopGroup(1);
    this.server =
        NettyServerBuilder.forAddress(UnixDomainSocketAddress.of(socket))
            .channelType(NioServerDomainSocketChannel.class)
            .bossEventLoopGroup(threads)
            .workerEventLoopGroup(threads)
            .directExecutor()
            .addService(this)
            .build()
            .start();
  }

  /** A connector for unix sockets only. */
  static BridgeConnector connector() {
    return new BridgeConnector(
        () -> {
          throw new IllegalStateException("only for TCP");
        });
  }

  String fingerprint() {
    return KeyFingerprint.of(key.getPublic().getEncoded());
  }

  FakeBridge answering(UnaryOperator<HelloResponse.Builder> changed) {
    change = changed;
    return this;
  }

  FakeBridge refusing(RuntimeException with) {
    refusal = with;
    return this;
  }

  FakeBridge silent() {
    silent = true;
    return this;
  }

  @Override
  public void hello(HelloRequest request, StreamObserver<HelloResponse> answer) {
    if (silent) {
      return;
    }
    if (refusal != null) {
      answer.onError(refusal);
      return;
    }
    HelloResponse.Builder response =
        HelloResponse.newBuilder()
            .setProtocolVersion(1)
            .setSandboxId(sandboxId)
            .setInstance("instance-1")
            .setBridgeVersion("test")
            .addFeatures("openat2")
            .setPublicKey(ByteString.copyFrom(key.getPublic().getEncoded()))
            .setSignature(sign(sandboxId, request.getNonce().toByteArray()));
    answer.onNext(change.apply(response).build());
    answer.onCompleted();
  }

  @Override
  public void stat(StatRequest request, StreamObserver<StatResponse> answer) {
    callsAfterHello.incrementAndGet();
    answer.onNext(StatResponse.getDefaultInstance());
    answer.onCompleted();
  }

  private ByteString sign(String sandbox, byte[] nonce) {
    try {
      Signature signature = Signature.getInstance("SHA256withECDSA");
      signature.initSign(key.getPrivate());
      signature.update(("warren-hello-v1\0" + sandbox + "\0instance-1\0").getBytes(UTF_8));
      signature.update(nonce);
      return ByteString.copyFrom(signature.sign());
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void close() throws Exception {
    server.shutdownNow().awaitTermination(10, TimeUnit.SECONDS);
    threads.shutdownGracefully(0, 1, TimeUnit.SECONDS).sync();
  }
}
