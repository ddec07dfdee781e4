package dev.warren.mcp.real;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.warren.SandboxException;
import dev.warren.mcp.McpSession;
import dev.warren.mcp.McpSessionBuilder;
import dev.warren.mcp.channel.StdioTransport;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

/** A test with sandboxes of its own. */
abstract class PeerTestCase {
  static PeerSandboxes peers;

  @BeforeAll
  static void openSandboxes() throws IOException {
    peers = new PeerSandboxes();
  }

  @AfterAll
  static void closeSandboxes() throws IOException {
    if (peers != null) {
      peers.close();
    }
  }

  /** Patient, since the machine may be busy. */
  static McpSessionBuilder session(StdioTransport transport) {
    return McpSession.builder(transport)
        .startupTimeout(Duration.ofMinutes(2))
        .requestTimeout(Duration.ofMinutes(1))
        .probeTimeout(Duration.ofSeconds(60));
  }

  static SandboxException failure(ThrowingCallable call) {
    SandboxException failure = catchThrowableOfType(SandboxException.class, call);
    assertThat(failure).as("failure").isNotNull();
    return failure;
  }

  static SandboxException failure(Future<?> call) {
    return failure(
        () -> {
          try {
            call.get(60, TimeUnit.SECONDS);
          } catch (java.util.concurrent.ExecutionException | CompletionException e) {
            throw e.getCause();
          }
        });
  }
}
