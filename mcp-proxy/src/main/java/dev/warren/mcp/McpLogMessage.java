package dev.warren.mcp;

import java.util.Optional;

/**
 * A line of a server's log. It comes from the sandbox: to be escaped before it is shown.
 *
 * @param level {@link McpLogLevel#INFO} where the server names an unknown one
 * @param data mostly a string
 */
public record McpLogMessage(McpLogLevel level, Optional<String> logger, Json data) {

  /** Reads the parameters of {@code notifications/message}. */
  public static McpLogMessage from(Json params) {
    return new McpLogMessage(
        params.string("/level").flatMap(McpLogLevel::of).orElse(McpLogLevel.INFO),
        params.string("/logger"),
        params.at("/data").orElse(Json.of(null)));
  }
}
