package dev.warren.mcp;

import java.util.Optional;

/**
 * A tool of a server.
 *
 * @param inputSchema JSON Schema, unchanged
 * @param outputSchema of the structured content
 * @param raw as it was sent, with annotations and all else
 */
public record McpTool(
    String name,
    Optional<String> title,
    Optional<String> description,
    Json inputSchema,
    Optional<Json> outputSchema,
    Json raw) {

  /** Reads one element of the answer to {@code tools/list}. */
  public static McpTool from(Json raw) {
    return new McpTool(
        raw.string("/name").orElse(""),
        raw.string("/title"),
        raw.string("/description"),
        raw.at("/inputSchema").orElse(Json.EMPTY_OBJECT),
        raw.at("/outputSchema"),
        raw);
  }
}
