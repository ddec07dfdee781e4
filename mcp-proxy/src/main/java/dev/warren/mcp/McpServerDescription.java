package dev.warren.mcp;

import java.util.Optional;

/**
 * How a server described itself when it was started.
 *
 * @param revision what both sides speak
 * @param info its name; absent where it did not give one
 * @param instructions how to use it, for a model
 * @param raw the result of {@code initialize} or of {@code server/discover}, as it was sent
 */
public record McpServerDescription(
    McpRevision revision,
    Optional<McpImplementation> info,
    McpCapabilities capabilities,
    Optional<String> instructions,
    Json raw) {

  public McpEra era() {
    return revision.era();
  }

  /** Name, version and revision. */
  @Override
  public String toString() {
    return info.map(McpImplementation::toString).orElse("server") + " (MCP " + revision + ")";
  }
}
