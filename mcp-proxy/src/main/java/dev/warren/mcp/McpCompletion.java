package dev.warren.mcp;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * Suggested values for an argument.
 *
 * @param total how many there are, where it is known
 */
public record McpCompletion(List<String> values, Optional<Long> total, boolean hasMore, Json raw) {

  /** What is to be completed. */
  public record Reference(Json raw) {
    /** An argument of a prompt. */
    public static Reference prompt(String name) {
      return new Reference(Json.of(Map.of("type", "ref/prompt", "name", name)));
    }

    /** A variable of a {@linkplain McpResourceTemplate#uriTemplate() URI template}. */
    public static Reference resource(String uriTemplate) {
      return new Reference(Json.of(Map.of("type", "ref/resource", "uri", uriTemplate)));
    }
  }

  public McpCompletion {
    values = List.copyOf(values);
  }

  /** Reads the result of {@code completion/complete}. */
  public static McpCompletion from(Json raw) {
    return new McpCompletion(
        raw.at("/completion/values").map(Json::elements).orElse(List.of()).stream()
            .map(Json::toJava)
            .map(Objects::toString)
            .toList(),
        raw.at("/completion/total")
            .filter(total -> total.toJava() instanceof Number)
            .map(total -> total.as(Long.class)),
        raw.at("/completion/hasMore").map(Json::toString).filter("true"::equals).isPresent(),
        raw);
  }
}
