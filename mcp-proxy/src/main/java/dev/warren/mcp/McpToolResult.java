package dev.warren.mcp;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.StringJoiner;
import java.util.stream.Collectors;

/**
 * What a tool answered.
 *
 * @param isError the tool failed and says so in its content, for a model to read; this is not an
 *     {@link McpErrorException}
 * @param raw as it was sent
 */
public record McpToolResult(
    List<McpContent> content, Optional<Json> structuredContent, boolean isError, Json raw) {

  public McpToolResult {
    content = List.copyOf(content);
  }

  /** Reads the result of {@code tools/call}. */
  public static McpToolResult from(Json raw) {
    List<McpContent> content = new ArrayList<>();
    for (Json piece : raw.at("/content").map(Json::elements).orElse(List.of())) {
      content.add(McpContent.from(piece));
    }
    return new McpToolResult(content, raw.at("/structuredContent"), raw.isTrue("/isError"), raw);
  }

  /** All text, joined with line feeds. */
  public String text() {
    StringJoiner all = new StringJoiner("\n");
    for (McpContent piece : content) {
      if (piece instanceof McpContent.Text part) {
        all.add(part.text());
      }
    }
    return all.toString();
  }

  /** The content as text: what is no text is named; without content, the structured content. */
  @Override
  public String toString() {
    String text =
        content.isEmpty()
            ? structuredContent.map(Json::toString).orElse("")
            : content.stream().map(McpContent::toString).collect(Collectors.joining("\n"));
    return isError ? "error: " + text : text;
  }
}
