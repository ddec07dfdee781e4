package dev.warren.mcp;

import java.util.List;
import java.util.Optional;

/**
 * A prompt with its arguments filled in.
 *
 * @param raw as it was sent
 */
public record McpPromptResult(Optional<String> description, List<McpMessage> messages, Json raw) {

  public McpPromptResult {
    messages = List.copyOf(messages);
  }

  /** Reads the result of {@code prompts/get}. */
  public static McpPromptResult from(Json raw) {
    return new McpPromptResult(
        raw.string("/description"),
        raw.at("/messages").map(Json::elements).orElse(List.of()).stream()
            .map(McpMessage::from)
            .toList(),
        raw);
  }
}
