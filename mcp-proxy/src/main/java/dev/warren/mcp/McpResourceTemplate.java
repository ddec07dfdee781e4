package dev.warren.mcp;

import java.util.Optional;

/**
 * A family of resources.
 *
 * @param uriTemplate as in RFC 6570
 * @param raw as it was sent
 */
public record McpResourceTemplate(
    String uriTemplate,
    String name,
    Optional<String> title,
    Optional<String> description,
    Optional<String> mimeType,
    Json raw) {

  /** Reads one element of the answer to {@code resources/templates/list}. */
  public static McpResourceTemplate from(Json raw) {
    return new McpResourceTemplate(
        raw.string("/uriTemplate").orElse(""),
        raw.string("/name").orElse(""),
        raw.string("/title"),
        raw.string("/description"),
        raw.string("/mimeType"),
        raw);
  }
}
