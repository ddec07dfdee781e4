package dev.warren.mcp;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * A directory that a server may work in.
 *
 * @param uri as the server sees it: {@code file:///data}
 */
public record McpRoot(String uri, Optional<String> name) {

  public static McpRoot of(String uri) {
    return new McpRoot(uri, Optional.empty());
  }

  public static McpRoot of(String uri, String name) {
    return new McpRoot(uri, Optional.of(name));
  }

  Json toJson() {
    Map<String, Object> members = new LinkedHashMap<>();
    members.put("uri", uri);
    name.ifPresent(value -> members.put("name", value));
    return Json.of(members);
  }
}
