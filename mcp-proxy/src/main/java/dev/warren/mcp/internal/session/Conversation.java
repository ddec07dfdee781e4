package dev.warren.mcp.internal.session;

import dev.warren.mcp.Json;
import dev.warren.mcp.McpCounters;
import dev.warren.mcp.McpListener;
import dev.warren.mcp.McpLogLevel;
import dev.warren.mcp.McpRequest;
import dev.warren.mcp.McpServer;
import dev.warren.mcp.McpState;
import dev.warren.mcp.McpSubscription;
import dev.warren.mcp.McpSubscriptionFilter;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** See {@link dev.warren.mcp.McpSession}. */
public interface Conversation {

  @SuppressWarnings("DoNotCallSuggester") // the conversation itself comes with the next commits
  static Conversation of(SessionSettings settings) {
    throw new UnsupportedOperationException(settings.server());
  }

  McpServer connect();

  McpState state();

  Optional<McpServer> server();

  <T> CompletableFuture<T> call(McpRequest request, AnswerReader<T> reader);

  CompletableFuture<Void> notify(String method, Optional<Json> params);

  void subscribe(String uri);

  void unsubscribe(String uri);

  McpSubscription listen(McpSubscriptionFilter filter, McpListener listener);

  void setLogLevel(McpLogLevel level);

  void ping();

  void rootsChanged();

  void addListener(McpListener listener);

  void removeListener(McpListener listener);

  McpCounters counters();

  void close(Duration grace);
}
