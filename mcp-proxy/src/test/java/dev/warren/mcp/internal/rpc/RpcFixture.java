package dev.warren.mcp.internal.rpc;

import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.warren.SandboxException;
import dev.warren.mcp.channel.ServerExit;
import dev.warren.mcp.internal.message.Envelope;
import dev.warren.mcp.testing.FakeProcess;
import dev.warren.mcp.testing.FakeServer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;

/** A peer and the fake process it talks to; what the server sends on its own is kept. */
final class RpcFixture implements AutoCloseable {
  /** What a test gives the incoming requests to. */
  interface OnRequest {
    void accept(IncomingRequest request) throws Exception;
  }

  final FakeServer server;
  final FakeProcess process;
  final RpcPeer peer;
  final List<Envelope> notifications = new CopyOnWriteArrayList<>();
  final List<IncomingRequest> requests = new CopyOnWriteArrayList<>();
  final List<ServerExit> ends = new CopyOnWriteArrayList<>();
  final AtomicReference<OnRequest> onRequest = new AtomicReference<>(request -> {});

  final AtomicReference<Consumer<Envelope>> onNotification = new AtomicReference<>(n -> {});

  private RpcFixture(RpcOptions options) {
    server = new FakeServer();
    peer = RpcPeer.start(server, options, new Recorder());
    process = server.process();
  }

  static RpcFixture start() {
    return start(options -> options);
  }

  static RpcFixture start(UnaryOperator<RpcOptions.Builder> change) {
    RpcOptions.Builder builder =
        RpcOptions.defaults().toBuilder()
            .timeout(Duration.ofSeconds(20))
            .graces(Duration.ofMillis(200), Duration.ofMillis(200), Duration.ofMillis(200));
    return new RpcFixture(change.apply(builder).build());
  }

  /** A call of which the server has got the request. */
  RpcCall call(String method) {
    RpcCall call = peer.call(method, null);
    process.expect(method);
    return call;
  }

  /** A call answered with a result made by hand shows that the connection is alive. */
  void works() {
    RpcCall call = peer.call("still/alive", null);
    var request = process.expect("still/alive");
    process.reply(request, "{\"alive\":true}");
    org.assertj.core.api.Assertions.assertThat(call.await().result().orElseThrow().toString())
        .isEqualTo("{\"alive\":true}");
  }

  static SandboxException failure(ThrowingCallable action) {
    return catchThrowableOfType(SandboxException.class, action);
  }

  static SandboxException failure(RpcCall call) {
    return failure(call::await);
  }

  @Override
  public void close() {
    process.readAgain();
    peer.kill();
    server.close();
  }

  private final class Recorder implements RpcHandler {
    @Override
    public void request(IncomingRequest request) throws Exception {
      requests.add(request);
      onRequest.get().accept(request);
    }

    @Override
    public void notification(Envelope notification) {
      notifications.add(notification);
      onNotification.get().accept(notification);
    }

    @Override
    public void ended(ServerExit exit, SandboxException cause) {
      ends.add(exit);
    }
  }
}
