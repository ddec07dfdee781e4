package dev.warren.mcp;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * One message in a conversation with a model.
 *
 * @param role {@code user} or {@code assistant}
 * @param raw as it was sent
 */
public record McpMessage(String role, List<McpContent> content, Json raw) {

  public McpMessage {
    content = List.copyOf(content);
  }

  /** Text of one side. */
  public static McpMessage text(String role, String text) {
    Map<String, Object> raw = new LinkedHashMap<>();
    raw.put("role", role);
    raw.put("content", McpContent.text(text).raw());
    return from(Json.of(raw));
  }

  /** Reads one, with one piece of content or a list of them. */
  public static McpMessage from(Json raw) {
    Json content = raw.at("/content").orElse(Json.EMPTY_OBJECT);
    List<Json> pieces = content.toString().startsWith("[") ? content.elements() : List.of(content);
    return new McpMessage(
        raw.string("/role").orElse(""), pieces.stream().map(McpContent::from).toList(), raw);
  }
}
