package dev.warren.mcp;

import java.util.Optional;

/**
 * A resource of a server.
 *
 * @param size in bytes, where it is known
 * @param raw as it was sent
 */
public record McpResource(
    String uri,
    String name,
    Optional<String> title,
    Optional<String> description,
    Optional<String> mimeType,
    Optional<Long> size,
    Json raw) {

  /** Reads one element of the answer to {@code resources/list}, or a link to a resource. */
  public static McpResource from(Json raw) {
    return new McpResource(
        raw.string("/uri").orElse(""),
        raw.string("/name").orElse(""),
        raw.string("/title"),
        raw.string("/description"),
        raw.string("/mimeType"),
        raw.at("/size").filter(size -> size.toJava() instanceof Number).map(s -> s.as(Long.class)),
        raw);
  }
}
