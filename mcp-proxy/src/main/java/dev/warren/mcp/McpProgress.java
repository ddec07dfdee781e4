package dev.warren.mcp;

import java.util.Optional;

/**
 * A progress report for a call.
 *
 * @param progress grows, or should
 * @param total where it is known
 * @param params of the notification, as they were sent
 */
public record McpProgress(
    double progress, Optional<Double> total, Optional<String> message, Json params) {

  /** Reads the parameters of {@code notifications/progress}. */
  public static McpProgress from(Json params) {
    return new McpProgress(
        number(params, "/progress").orElse(0.0),
        number(params, "/total"),
        params.string("/message"),
        params);
  }

  private static Optional<Double> number(Json params, String pointer) {
    return params.at(pointer).map(Json::toJava).map(McpProgress::number);
  }

  private static Double number(Object value) {
    return value instanceof Number number ? number.doubleValue() : 0.0;
  }
}
