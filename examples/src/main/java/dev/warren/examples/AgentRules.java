package dev.warren.examples;

import dev.warren.mcp.McpToolResult;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** What stands in for a model: from what is known to the next call. Not thread-safe. */
final class AgentRules {
  private static final String REPORT = "report.txt";

  private final List<String> cities;
  private final Map<String, String> known = new LinkedHashMap<>();
  private boolean written;
  private boolean checked;

  AgentRules(List<String> cities) {
    this.cities = cities;
  }

  /** A call and why it is made. */
  record Step(String reason, String server, String tool, Map<String, Object> arguments) {}

  /** Empty when all is done. */
  Optional<Step> next() {
    Optional<String> unknown = cities.stream().filter(city -> !known.containsKey(city)).findFirst();
    if (unknown.isPresent()) {
      Map<String, Object> arguments = Map.of("city", unknown.get());
      return Optional.of(
          new Step("nothing known of " + unknown.get(), "weather", "forecast", arguments));
    }
    if (!written) {
      Map<String, Object> arguments = new LinkedHashMap<>();
      arguments.put("path", REPORT);
      arguments.put("content", report());
      return Optional.of(new Step("all is known", "office", "write", arguments));
    }
    if (!checked) {
      Map<String, Object> arguments = Map.of("path", REPORT);
      return Optional.of(new Step("the report is not checked", "office", "read", arguments));
    }
    return Optional.empty();
  }

  void learn(Step step, McpToolResult result) {
    switch (step.tool()) {
      case "forecast" -> {
        String city = String.valueOf(step.arguments().get("city"));
        known.put(city, result.isError() ? "unknown" : result.text());
      }
      case "write" -> written = !result.isError();
      default -> {
        checked = known.keySet().stream().allMatch(result.text()::contains);
        // Not what was meant to be there: once more.
        written = checked;
      }
    }
  }

  private String report() {
    return known.entrySet().stream()
        .map(entry -> entry.getKey() + ": " + entry.getValue() + "\n")
        .collect(Collectors.joining());
  }
}
