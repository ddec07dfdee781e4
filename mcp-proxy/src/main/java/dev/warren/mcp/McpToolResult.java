package dev.warren.mcp;

import java.util.List;
import java.util.Optional;
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
    return new McpToolResult(
        raw.at("/content").map(Json::elements).orElse(List.of()).stream()
            .map(McpContent::from)
            .toList(),
        raw.at("/structuredContent"),
        raw.at("/isError").map(Json::toString).filter("true"::equals).isPresent(),
        raw);
  }

  /** All text, joined with line feeds. */
  public String text() {
    return content.stream()
        .filter(McpContent.Text.class::isInstance)
        .map(McpContent::toString)
        .collect(Collectors.joining("\n"));
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
