package dev.warren.mcp;

import java.util.List;
import java.util.Optional;

/**
 * A prompt of a server.
 *
 * @param raw as it was sent
 */
public record McpPrompt(
    String name,
    Optional<String> title,
    Optional<String> description,
    List<Argument> arguments,
    Json raw) {

  /** What can be filled in. */
  public record Argument(String name, Optional<String> description, boolean required) {}

  public McpPrompt {
    arguments = List.copyOf(arguments);
  }

  /** Reads one element of the answer to {@code prompts/list}. */
  public static McpPrompt from(Json raw) {
    return new McpPrompt(
        raw.string("/name").orElse(""),
        raw.string("/title"),
        raw.string("/description"),
        raw.at("/arguments").map(Json::elements).orElse(List.of()).stream()
            .map(McpPrompt::argument)
            .toList(),
        raw);
  }

  private static Argument argument(Json raw) {
    return new Argument(
        raw.string("/name").orElse(""),
        raw.string("/description"),
        raw.at("/required").map(Json::toString).filter("true"::equals).isPresent());
  }
}
