package dev.warren.mcp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.warren.SandboxException;
import dev.warren.mcp.testing.FakeProcess;
import dev.warren.mcp.testing.FakeServer;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;

/** A session and the fake server it talks to. */
final class SessionFixture implements AutoCloseable {
  static final String ALL =
      """
      {"tools":{"listChanged":true},"prompts":{"listChanged":true},\
      "resources":{"listChanged":true,"subscribe":true},"completions":{},"logging":{},\
      "tasks":{"cancel":{},"requests":{"tools":{"call":{}}}}}""";

  final FakeServer server;
  final McpSession session;

  private SessionFixture(FakeServer server, UnaryOperator<McpSessionBuilder> settings) {
    this.server = server;
    this.session =
        settings
            .apply(
                McpSession.builder(server)
                    .requestTimeout(Duration.ofSeconds(20))
                    .startupTimeout(Duration.ofSeconds(20))
                    .closeGrace(Duration.ofMillis(200)))
            .build();
  }

  /** A session that goes straight to the handshake; the test speaks for the server. */
  static SessionFixture legacy() {
    return legacy(builder -> builder);
  }

  static SessionFixture legacy(UnaryOperator<McpSessionBuilder> settings) {
    return new SessionFixture(
        new FakeServer(), builder -> settings.apply(builder.era(McpEraPolicy.LEGACY_ONLY)));
  }

  static SessionFixture modern(UnaryOperator<McpSessionBuilder> settings) {
    return new SessionFixture(
        new FakeServer(), builder -> settings.apply(builder.era(McpEraPolicy.MODERN_ONLY)));
  }

  static SessionFixture auto(UnaryOperator<McpSessionBuilder> settings) {
    return new SessionFixture(new FakeServer(), settings);
  }

  /** One with a script for each process. */
  static SessionFixture scripted(
      Consumer<FakeProcess> script, UnaryOperator<McpSessionBuilder> settings) {
    return new SessionFixture(new FakeServer(script), settings);
  }

  static String initialized(String version, String capabilities) {
    return "{\"protocolVersion\":\""
        + version
        + "\",\"capabilities\":"
        + capabilities
        + ",\"serverInfo\":{\"name\":\"fake\",\"version\":\"1\"},\"instructions\":\"be kind\"}";
  }

  static String discovered(String capabilities) {
    return "{\"resultType\":\"complete\",\"supportedVersions\":[\"2026-07-28\"],\"capabilities\":"
        + capabilities
        + ",\"_meta\":{\"io.modelcontextprotocol/serverInfo\":"
        + "{\"name\":\"fake\",\"version\":\"2\"}}}";
  }

  /** Speaks the server's part of a handshake of 2025-11-25. */
  static FakeProcess greet(FakeProcess process) {
    return greet(process, "2025-11-25", ALL);
  }

  static FakeProcess greet(FakeProcess process, String version, String capabilities) {
    process.reply(process.expect("initialize"), initialized(version, capabilities));
    process.expect("notifications/initialized");
    return process;
  }

  /** A legacy server with everything, ready. */
  FakeProcess ready() {
    CompletableFuture<McpServerDescription> server = later(session::connect);
    FakeProcess process = greet(this.server.process());
    soon(server);
    return process;
  }

  /** A modern server with everything, ready. */
  FakeProcess readyModern() {
    CompletableFuture<McpServerDescription> found = later(session::connect);
    FakeProcess process = server.process();
    process.reply(process.expect("server/discover"), discovered(ALL));
    soon(found);
    return process;
  }

  static <T> CompletableFuture<T> later(Callable<T> work) {
    CompletableFuture<T> result = new CompletableFuture<>();
    Thread thread =
        new Thread(
            () -> {
              try {
                result.complete(work.call());
              } catch (Throwable e) {
                result.completeExceptionally(e);
              }
            },
            "test-caller");
    thread.setDaemon(true);
    thread.start();
    return result;
  }

  /** A call in the background, which the server has got. */
  CompletableFuture<McpResponse> calling(String method) {
    return session.callAsync(McpRequest.of(method, Map.of()));
  }

  static <T> T soon(CompletableFuture<T> future) {
    try {
      return future.get(20, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof RuntimeException cause) {
        throw cause;
      }
      throw new AssertionError(e.getCause());
    } catch (TimeoutException e) {
      throw new AssertionError("nothing within 20 seconds", e);
    }
  }

  static SandboxException failure(CompletableFuture<?> future) {
    return failure(() -> soon(future));
  }

  static SandboxException failure(ThrowingCallable action) {
    SandboxException failure = catchThrowableOfType(SandboxException.class, action);
    assertThat(failure).as("a SandboxException").isNotNull();
    return failure;
  }

  /** A call that is answered shows that the server and the session are alive. */
  void works(FakeProcess process) {
    CompletableFuture<McpResponse> call = calling("still/alive");
    process.reply(process.expect("still/alive"), "{}");
    assertThat(soon(call).isError()).isFalse();
  }

  @Override
  public void close() {
    session.close();
    server.close();
  }
}
