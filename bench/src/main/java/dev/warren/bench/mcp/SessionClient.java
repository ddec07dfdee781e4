package dev.warren.bench.mcp;

import dev.warren.mcp.McpSession;
import dev.warren.mcp.McpToolResult;
import dev.warren.mcp.channel.StdioTransport;
import java.util.concurrent.CompletableFuture;

/** Warren's session. */
final class SessionClient implements EchoClient {
  private final McpSession session;

  SessionClient(StdioTransport transport) {
    session = McpSession.builder(transport).open();
  }

  @Override
  public void call() {
    check(session.callTool("echo", Load.ARGUMENTS));
  }

  @Override
  public CompletableFuture<?> callAsync() {
    return session.callToolAsync("echo", Load.ARGUMENTS).thenAccept(SessionClient::check);
  }

  private static void check(McpToolResult result) {
    if (!result.text().equals(Load.ARGUMENTS_JSON)) {
      throw new IllegalStateException("another answer: " + result.text());
    }
  }

  @Override
  public void close() {
    session.close();
  }
}
