package dev.warren.mcp.internal.session;

import dev.warren.SandboxException;
import dev.warren.mcp.McpCapabilities;
import dev.warren.mcp.McpEra;
import dev.warren.mcp.McpRevision;
import dev.warren.mcp.McpServerDescription;
import java.util.Optional;
import java.util.Set;

/** Says which methods a server must not be sent: it has not declared them, or its era has none. */
final class CapabilityGate {
  private static final Set<String> LEGACY_ONLY =
      Set.of("ping", "logging/setLevel", "resources/subscribe", "resources/unsubscribe");
  private static final Set<String> MODERN_ONLY = Set.of("server/discover", "subscriptions/listen");

  private CapabilityGate() {}

  /** Why a method must not be sent. Unknown methods pass. */
  static Optional<SandboxException> check(McpServerDescription server, String method) {
    boolean legacy = server.era() == McpEra.LEGACY;
    if ((legacy ? MODERN_ONLY : LEGACY_ONLY).contains(method)) {
      return Optional.of(
          Failures.unsupported(
              method,
              "MCP " + server.revision() + " has no such method",
              "use the session's own methods, which know both eras"));
    }
    return isDeclared(server, method)
        ? Optional.empty()
        : Optional.of(
            Failures.unsupported(
                method,
                "the server has not declared it",
                "see the server's capabilities, or switch the check off if it can do it after"
                    + " all"));
  }

  private static boolean isDeclared(McpServerDescription server, String method) {
    McpCapabilities can = server.capabilities();
    int slash = method.indexOf('/');
    return switch (slash < 0 ? method : method.substring(0, slash)) {
      case "tools" -> can.tools();
      case "prompts" -> can.prompts();
      case "resources" ->
          can.resources() && (!method.endsWith("subscribe") || can.resourcesSubscribe());
      // the first revision had completion, but no word for it
      case "completion" -> can.completions() || server.revision() == McpRevision.V2024_11_05;
      case "logging" -> can.logging();
      case "tasks" -> can.tasks() || server.era() == McpEra.MODERN;
      default -> true;
    };
  }
}
