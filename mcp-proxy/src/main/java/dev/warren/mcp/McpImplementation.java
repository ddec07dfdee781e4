package dev.warren.mcp;

import java.util.Optional;

/**
 * The name and version of a client or a server. What a server claims here is not verified.
 *
 * @param raw as it was sent, with members such as icons
 */
public record McpImplementation(String name, String version, Optional<String> title, Json raw) {

  /** One with a name and a version, such as {@code 1.0.0}. */
  public static McpImplementation of(String name, String version) {
    return from(Json.of(java.util.Map.of("name", name, "version", version)));
  }

  /** Reads one; what is missing is an empty string. */
  public static McpImplementation from(Json raw) {
    return new McpImplementation(
        raw.string("/name").orElse(""),
        raw.string("/version").orElse(""),
        raw.string("/title"),
        raw);
  }

  /** Name and version. */
  @Override
  public String toString() {
    return name + " " + version;
  }
}
