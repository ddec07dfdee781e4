package dev.warren.testkit.internal.bridge;

import dev.warren.testkit.internal.fake.CommandTable;
import io.grpc.Metadata;
import io.grpc.Server;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.ServerTransportFilter;
import io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.NettyServerBuilder;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SSLException;

/**
 * A bridge in this JVM: the real protocol over real TLS on a loopback port, on a directory and with
 * {@link dev.warren.testkit.FakeCommand}s. Thread-safe.
 */
public final class InProcessBridge implements AutoCloseable {
  private static final int MAX_MESSAGE = 16 << 20;

  private final BootIdentity identity;
  private final Misbehaviour answers;
  private final BridgeService service;
  private final ProcessTable processes;
  private final SslContext tls;
  private final AtomicInteger connections = new AtomicInteger();
  private Server server;

  InProcessBridge(
      String sandbox,
      LayerFiles files,
      CommandTable commands,
      Map<String, String> env,
      Path clientCa,
      Misbehaviour answers)
      throws IOException, GeneralSecurityException {
    this.identity = new BootIdentity();
    this.answers = answers;
    this.processes = new ProcessTable(files, commands, env);
    this.service = new BridgeService(sandbox, identity, answers, files, processes);
    this.tls = tls(clientCa);
    this.server = listen(0);
  }

  private SslContext tls(Path clientCa) throws IOException, SSLException {
    try (var ca = Files.newInputStream(clientCa)) {
      return GrpcSslContexts.configure(
              SslContextBuilder.forServer(identity.privateKey(), identity.certificate())
                  .trustManager(ca)
                  .clientAuth(ClientAuth.REQUIRE)
                  .protocols("TLSv1.3"),
              SslProvider.JDK)
          .build();
    }
  }

  private Server listen(int port) throws IOException {
    return NettyServerBuilder.forAddress(
            new InetSocketAddress(InetAddress.getLoopbackAddress(), port))
        .sslContext(tls)
        .maxInboundMessageSize(MAX_MESSAGE)
        .permitKeepAliveTime(1, TimeUnit.SECONDS)
        .permitKeepAliveWithoutCalls(true)
        .addTransportFilter(new Counting())
        .intercept(new Silence())
        .addService(service)
        .build()
        .start();
  }

  synchronized InetSocketAddress address() {
    return new InetSocketAddress(InetAddress.getLoopbackAddress(), server.getPort());
  }

  /** What the bridge says first. */
  String bootLine(String sandbox) throws GeneralSecurityException {
    return "{\"warren\":\"boot\",\"protocol\":1,\"sandbox\":\""
        + sandbox
        + "\",\"instance\":\""
        + identity.instance()
        + "\",\"key\":\""
        + identity.fingerprint()
        + "\",\"listen\":\"tcp:"
        + address().getPort()
        + "\"}\n";
  }

  /** Connections that clients have open. */
  public int connections() {
    return connections.get();
  }

  /** Breaks all connections; the processes go on, and clients can come again. */
  public synchronized void dropConnections() throws IOException, InterruptedException {
    int port = server.getPort();
    server.shutdownNow().awaitTermination(10, TimeUnit.SECONDS);
    server = listen(port);
  }

  @Override
  public synchronized void close() {
    server.shutdownNow();
    processes.close();
  }

  private final class Counting extends ServerTransportFilter {
    @Override
    public io.grpc.Attributes transportReady(io.grpc.Attributes attributes) {
      connections.incrementAndGet();
      return attributes;
    }

    @Override
    public void transportTerminated(io.grpc.@org.jspecify.annotations.Nullable Attributes unused) {
      connections.decrementAndGet();
    }
  }

  /** Takes calls and never answers, while that is wanted. */
  private final class Silence implements ServerInterceptor {
    @Override
    public <Q, A> ServerCall.Listener<Q> interceptCall(
        ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
      return answers.silent() ? new ServerCall.Listener<>() {} : next.startCall(call, headers);
    }
  }
}
