package dev.warren.mcp.internal.tools;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Builds the schemas of arguments. */
final class InputSchema {
  private final Map<String, Object> properties = new LinkedHashMap<>();

  InputSchema property(String name, String type, String description) {
    properties.put(name, Map.of("type", type, "description", description));
    return this;
  }

  Map<String, Object> requiring(String... names) {
    Map<String, Object> schema = new LinkedHashMap<>();
    schema.put("type", "object");
    schema.put("properties", properties);
    schema.put("required", List.of(names));
    return schema;
  }
}
