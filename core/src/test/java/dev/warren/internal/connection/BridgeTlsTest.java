package dev.warren.internal.connection;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.warren.ExecRequest;
import dev.warren.SandboxAddress;
import dev.warren.SandboxException.Code;
import dev.warren.internal.exec.BridgeProcesses;
import dev.warren.internal.files.BridgeFiles;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The real bridge over TCP: who gets in, and whom we talk to. */
class BridgeTlsTest {
  private static final Duration TIMEOUT = Duration.ofSeconds(20);

  @TempDir Path directory;
  private ClientIdentity identity;
  private BridgeProcessFixture bridge;
  private BridgeConnector connector;

  @BeforeEach
  void start() throws IOException {
    identity = ClientIdentity.loadOrCreate(Files.createDirectory(directory.resolve("id")));
    bridge = BridgeProcessFixture.tcp(directory, "bot-1", identity.caFile());
    connector = connector(identity);
  }

  @AfterEach
  void stop() throws IOException {
    connector.close();
    bridge.close();
  }

  private BridgeConnector connector(ClientIdentity as) {
    return new BridgeConnector(() -> as);
  }

  private BridgeConnection connect(BridgeConnector by, String sandbox, String fingerprint) {
    return by.connect(bridge.address, sandbox, Optional.of(fingerprint), TIMEOUT, bridge::isAlive);
  }

  @Test
  void connect_withTheRightKeys_works() {
    try (TestConnections connections =
        new TestConnections(() -> connect(connector, "bot-1", bridge.fingerprint))) {
      BridgeProcesses processes = new BridgeProcesses(connections, "bot-1");
      assertThat(processes.exec(ExecRequest.of("echo", "x")).stdout()).isEqualTo("x\n");
      BridgeFiles files = new BridgeFiles(connections, "bot-1");
      byte[] content = new byte[5_000_000];
      files.writeBytes("f", content);
      assertThat(files.readBytes("f")).isEqualTo(content);
    }
  }

  @Test
  void connect_withoutFingerprint_isRefusedHere() {
    BridgeTestCase.assertCode(
        Code.INVALID_ARGUMENT,
        () ->
            connector.connect(bridge.address, "bot-1", Optional.empty(), TIMEOUT, bridge::isAlive));
  }

  @Test
  void connect_serverWithAnotherKey_isRefused() {
    String other = "sha256:" + "0".repeat(64);
    BridgeTestCase.assertCode(Code.PERMISSION_DENIED, () -> connect(connector, "bot-1", other));
  }

  @Test
  void connect_bridgeOfAnotherSandbox_isRefused() {
    BridgeTestCase.assertCode(
        Code.CONFLICT, "WRONG_SANDBOX", () -> connect(connector, "bot-2", bridge.fingerprint));
  }

  @Test
  void connect_identityOfAnotherHost_isRefusedByTheBridge() throws IOException {
    ClientIdentity other =
        ClientIdentity.loadOrCreate(Files.createDirectory(directory.resolve("other")));
    try (BridgeConnector by = connector(other)) {
      BridgeTestCase.assertCode(
          Code.PERMISSION_DENIED, () -> connect(by, "bot-1", bridge.fingerprint));
    }
  }

  @Test
  void connect_expiredCertificate_isRefusedByTheBridge() throws IOException {
    Instant then = Instant.now().minus(Duration.ofDays(200));
    Path place = Files.createDirectory(directory.resolve("old"));
    ClientIdentity old = ClientIdentity.loadOrCreate(place, () -> then);
    bridge.close();
    bridge = BridgeProcessFixture.tcp(directory, "bot-1", old.caFile());
    try (BridgeConnector by = connector(old)) {
      BridgeTestCase.assertCode(
          Code.PERMISSION_DENIED, () -> connect(by, "bot-1", bridge.fingerprint));
    }
  }

  @Test
  void rawTls_withoutCertificate_getsNoAnswer() throws Exception {
    SSLContext context = SSLContext.getInstance("TLSv1.3");
    context.init(
        null, new TrustManager[] {new PinnedServer(bridge.fingerprint)}, new SecureRandom());
    SandboxAddress.Tcp tcp = (SandboxAddress.Tcp) bridge.address;
    try (SSLSocket socket =
        (SSLSocket)
            context
                .getSocketFactory()
                .createSocket(tcp.endpoint().getAddress(), tcp.endpoint().getPort())) {
      assertThatThrownBy(
              () -> {
                socket.startHandshake();
                OutputStream out = socket.getOutputStream();
                out.write("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(US_ASCII));
                out.flush();
                if (socket.getInputStream().read() < 0) {
                  throw new IOException("closed");
                }
              })
          .isInstanceOf(IOException.class);
    }
  }

  @Test
  void connect_nobodyListens_endsWithTheSandbox() throws IOException {
    bridge.close();
    BridgeTestCase.assertCode(
        Code.UNAVAILABLE, () -> connect(connector, "bot-1", bridge.fingerprint));
    BridgeTestCase.assertCode(
        Code.TIMEOUT,
        () ->
            connector.connect(
                bridge.address,
                "bot-1",
                Optional.of(bridge.fingerprint),
                Duration.ofMillis(200),
                () -> true));
  }
}
