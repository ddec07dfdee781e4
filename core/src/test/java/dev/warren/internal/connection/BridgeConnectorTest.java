package dev.warren.internal.connection;

import static dev.warren.internal.connection.BridgeTestCase.assertCode;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import dev.warren.SandboxAddress.Tcp;
import dev.warren.SandboxAddress.UnixSocket;
import dev.warren.SandboxException;
import dev.warren.SandboxException.Code;
import dev.warren.internal.files.BridgeFiles;
import dev.warren.testsupport.Await;
import io.grpc.Metadata;
import io.grpc.Status;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whom a connector talks to over a unix socket, and whom not. */
class BridgeConnectorTest {
  private static final Duration LONG = Duration.ofSeconds(20);
  private static final Duration SHORT = Duration.ofMillis(300);

  @TempDir Path directory;
  private Path socket;
  private FakeBridge fake;
  private BridgeConnector connector;

  @BeforeEach
  void start() throws Exception {
    socket = directory.resolve("s");
    fake = new FakeBridge(socket, "bot-1");
    connector = FakeBridge.connector();
  }

  @AfterEach
  void stop() throws Exception {
    connector.close();
    fake.close();
  }

  private BridgeConnection connect(Duration timeout) {
    return connector.connect(fake.address, "bot-1", Optional.empty(), timeout, () -> true);
  }

  @Test
  void connect_rightBridge_tellsWhatItIs() {
    try (BridgeConnection connection = connect(LONG)) {
      assertThat(connection.instance()).isEqualTo("instance-1");
      assertThat(connection.features()).containsExactly("openat2");
      assertThat(connection.isUsable()).isTrue();
      connection.close();
      assertThat(connection.isUsable()).isFalse();
    }
  }

  @Test
  void connect_expectedKey_isCompared() {
    connector
        .connect(fake.address, "bot-1", Optional.of(fake.fingerprint()), LONG, () -> true)
        .close();
    assertCode(
        Code.PERMISSION_DENIED,
        () ->
            connector.connect(
                fake.address, "bot-1", Optional.of("sha256:" + "1".repeat(64)), LONG, () -> true));
  }

  @Test
  void connect_signatureOfOtherBytes_isRefused() {
    fake.answering(hello -> hello.setInstance("instance-2"));
    assertCode(Code.PERMISSION_DENIED, () -> connect(LONG));
    fake.answering(hello -> hello.setSignature(ByteString.copyFromUtf8("no signature")));
    assertCode(Code.PERMISSION_DENIED, () -> connect(LONG));
    fake.answering(hello -> hello.clearPublicKey());
    assertCode(Code.PERMISSION_DENIED, () -> connect(LONG));
    assertThat(fake.callsAfterHello).hasValue(0);
  }

  @Test
  void connect_otherSandbox_isAConflict() {
    fake.answering(hello -> hello.setSandboxId("bot-2"));
    assertCode(Code.CONFLICT, "WRONG_SANDBOX", () -> connect(LONG));
  }

  @Test
  void connect_otherVersion_namesBothAndTheRemedy() {
    fake.answering(hello -> hello.setProtocolVersion(7));
    assertThatThrownBy(() -> connect(LONG))
        .isInstanceOfSatisfying(
            SandboxException.class, e -> assertThat(e.code()).isEqualTo(Code.UNSUPPORTED))
        .hasMessage(
            "connect to bot-1: this library speaks version 1 of the bridge protocol; the bridge"
                + " speaks version 7; restart the sandbox so that it runs this library's bridge");
    Metadata reason = new Metadata();
    reason.put(StatusMapper.REASON, "PROTOCOL_VERSION");
    fake.refusing(
        Status.FAILED_PRECONDITION.withDescription("I speak 9").asRuntimeException(reason));
    assertThatThrownBy(() -> connect(LONG)).hasMessageContaining("I speak 9");
  }

  @Test
  void connect_silentBridge_timesOut() {
    fake.silent();
    long begin = System.nanoTime();
    assertCode(Code.TIMEOUT, () -> connect(SHORT));
    assertThat(TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - begin)).isLessThan(10);
  }

  @Test
  void connect_somethingElseInItsPlace_isRefused() throws Exception {
    fake.close();
    Files.deleteIfExists(socket);
    Files.writeString(socket, "no socket");
    assertCode(Code.PERMISSION_DENIED, () -> connect(LONG));
    Files.delete(socket);
    Path other = directory.resolve("other");
    try (FakeBridge behind = new FakeBridge(other, "bot-1")) {
      Files.createSymbolicLink(socket, other);
      assertCode(Code.PERMISSION_DENIED, () -> connect(LONG));
      assertThat(behind.callsAfterHello).hasValue(0);
    }
  }

  @Test
  void connect_listenerThatRunsAnotherProgram_isRefused() {
    UnixSocket address = new UnixSocket(socket, Path.of("/bin/sh"), fake.address.taskPid());
    assertThatThrownBy(
            () -> connector.connect(address, "bot-1", Optional.empty(), LONG, () -> true))
        .isInstanceOfSatisfying(
            SandboxException.class, e -> assertThat(e.code()).isEqualTo(Code.PERMISSION_DENIED))
        .hasMessage("connect to bot-1: somebody else listens on the sandbox's socket");
  }

  @Test
  void connect_processesThatCannotBeSeen_namesTheWayOut() {
    UnixSocket address = new UnixSocket(socket, fake.address.bridge(), 0);
    assertThatThrownBy(
            () -> connector.connect(address, "bot-1", Optional.empty(), LONG, () -> true))
        .isInstanceOfSatisfying(
            SandboxException.class, e -> assertThat(e.code()).isEqualTo(Code.UNSUPPORTED))
        .hasMessageContaining("over TCP");
  }

  @Test
  void connect_pathTheKernelCannotTake_isRefused() {
    UnixSocket address = new UnixSocket(directory.resolve("x".repeat(110)), socket, 1);
    assertThatThrownBy(
            () -> connector.connect(address, "bot-1", Optional.empty(), LONG, () -> true))
        .hasMessageContaining("107")
        .message()
        .doesNotContain(directory.toString());
  }

  @Test
  void connect_waitsForASocketThatIsNotThereYet() throws Exception {
    fake.close();
    Files.deleteIfExists(socket);
    CompletableFuture<BridgeConnection> connected =
        CompletableFuture.supplyAsync(() -> connect(LONG));
    fake = new FakeBridge(socket, "bot-1");
    connected.get(20, TimeUnit.SECONDS).close();
  }

  @Test
  void connect_sandboxThatEnded_stopsAtOnce() throws Exception {
    fake.close();
    Files.deleteIfExists(socket);
    assertCode(
        Code.UNAVAILABLE,
        () -> connector.connect(fake.address, "bot-1", Optional.empty(), LONG, () -> false));
  }

  @Test
  void connect_socketNobodyAccepts_timesOut() throws Exception {
    fake.close();
    Files.deleteIfExists(socket);
    try (ServerSocketChannel deaf = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      deaf.bind(UnixDomainSocketAddress.of(socket), 1);
      assertCode(Code.TIMEOUT, () -> connect(SHORT));
    }
  }

  @Test
  void connect_interrupted_setsTheFlagAgain() throws Exception {
    fake.silent();
    AtomicReference<SandboxException> seen = new AtomicReference<>();
    Thread caller =
        new Thread(
            () -> {
              try {
                connect(LONG);
              } catch (SandboxException e) {
                if (Thread.currentThread().isInterrupted()) {
                  seen.set(e);
                }
              }
            });
    caller.start();
    caller.interrupt();
    caller.join(10_000);
    assertThat(seen.get().code()).isEqualTo(Code.CANCELLED);
  }

  @Test
  void connection_thatIsLost_isNotMadeAnewByItself() throws Exception {
    try (BridgeConnection connection = connect(LONG)) {
      fake.close();
      Files.deleteIfExists(socket);
      fake = new FakeBridge(socket, "bot-2");
      Await.until(() -> !connection.isUsable());
      TestConnections dead = new TestConnections(() -> connection);
      BridgeFiles files = new BridgeFiles(dead, "bot-1");
      assertCode(Code.UNAVAILABLE, () -> files.stat("f"));
      assertThat(fake.callsAfterHello).hasValue(0);
    }
  }

  @Test
  void closedConnector_saysSo() {
    connector.close();
    assertCode(Code.CLOSED, () -> connect(LONG));
  }

  @Test
  void tcp_plainServer_isRefusedNotTalkedTo() throws IOException {
    try (ServerSocket plain = new ServerSocket(0);
        BridgeConnector tcp = new BridgeConnector(() -> ClientIdentity.loadOrCreate(directory))) {
      Thread server =
          new Thread(
              () -> {
                while (!plain.isClosed()) {
                  try (var client = plain.accept()) {
                    client.getInputStream().readNBytes(10);
                    client.getOutputStream().write("HTTP/1.1 400 no\r\n\r\n".getBytes(US_ASCII));
                  } catch (IOException e) {
                    return;
                  }
                }
              });
      server.start();
      Tcp address =
          new Tcp(new InetSocketAddress(InetAddress.getLoopbackAddress(), plain.getLocalPort()));
      assertThatThrownBy(
              () ->
                  tcp.connect(
                      address,
                      "bot-1",
                      Optional.of("sha256:" + "1".repeat(64)),
                      Duration.ofSeconds(5),
                      () -> true))
          .isInstanceOf(SandboxException.class);
    }
  }
}
