package dev.warren.internal.connection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.warren.SandboxException;
import dev.warren.SandboxException.Code;
import dev.warren.testsupport.Await;
import java.io.IOException;
import java.nio.file.Path;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** A real bridge, reached over its unix socket; every lease must be back at the end. */
public abstract class BridgeTestCase {
  protected @TempDir Path directory;
  protected BridgeProcessFixture bridge;
  BridgeConnector connector;
  protected TestConnections connections;

  @BeforeEach
  void startBridge() throws IOException {
    bridge = BridgeProcessFixture.unix(directory, "bot-1");
    connector = bridge.connector();
    connections = new TestConnections(this::open);
  }

  public BridgeConnection open() {
    return bridge.connect(connector);
  }

  @AfterEach
  void stopBridge() throws Exception {
    try {
      Await.until(() -> connections.borrowed.get() == 0);
    } finally {
      connections.close();
      connector.close();
      bridge.close();
    }
  }

  public static void assertCode(Code code, ThrowingCallable call) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            SandboxException.class, e -> assertThat(e.code()).as(e.getMessage()).isEqualTo(code));
  }

  public static void assertCode(Code code, String reason, ThrowingCallable call) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            SandboxException.class,
            e -> {
              assertThat(e.code()).as(e.getMessage()).isEqualTo(code);
              assertThat(e.reason()).hasValue(reason);
            });
  }
}
