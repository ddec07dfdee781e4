package dev.warren.bench.mcp;

import io.modelcontextprotocol.client.McpAsyncClient;
import io.modelcontextprotocol.client.McpClient;
import io.modelcontextprotocol.spec.McpClientTransport;
import io.modelcontextprotocol.spec.McpSchema.CallToolRequest;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/** The official SDK, on a transport of its own or of ours. */
final class SdkClient implements EchoClient {
  private final McpAsyncClient client;

  SdkClient(McpClientTransport transport) {
    client = McpClient.async(transport).requestTimeout(Duration.ofSeconds(5)).build();
    client.initialize().block();
  }

  private static CallToolRequest request() {
    return CallToolRequest.builder("echo").arguments(Load.ARGUMENTS).build();
  }

  @Override
  public void call() {
    client.callTool(request()).block();
  }

  @Override
  public CompletableFuture<?> callAsync() {
    return client.callTool(request()).toFuture();
  }

  @Override
  public void close() {
    client.close();
  }
}
