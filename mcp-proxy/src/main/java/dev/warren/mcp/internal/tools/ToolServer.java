package dev.warren.mcp.internal.tools;

import dev.warren.Sandbox;
import dev.warren.SandboxException;
import dev.warren.mcp.Json;
import dev.warren.mcp.internal.errors.ErrorCodes;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Answers requests of MCP for a set of tools, in every revision of the protocol. Thread-safe. */
final class ToolServer {
  private static final Logger LOG = LoggerFactory.getLogger(ToolServer.class);
  private static final String MODERN = "2026-07-28";
  private static final List<String> HANDSHAKE =
      List.of("2025-11-25", "2025-06-18", "2025-03-26", "2024-11-05");
  private static final String VERSION_KEY =
      "/params/_meta/io.modelcontextprotocol~1protocolVersion";
  private static final Map<String, Object> INFO =
      Map.of("name", "warren-sandbox", "title", "Sandbox", "version", "1");

  private final Supplier<Sandbox> sandbox;
  private final List<Tool> tools;

  ToolServer(Supplier<Sandbox> sandbox, List<Tool> tools) {
    this.sandbox = sandbox;
    this.tools = tools;
  }

  Json answer(Json id, Json request) {
    Optional<String> version = request.string(VERSION_KEY);
    if (version.isPresent() && !version.get().equals(MODERN)) {
      return unsupported(id, version.get());
    }
    try {
      return switch (request.string("/method").orElse("")) {
        case "initialize" -> result(id, initialize(request), false);
        case "server/discover" -> result(id, discover(), true);
        case "ping" -> result(id, new LinkedHashMap<>(), false);
        case "tools/list" -> result(id, cacheable(list(), version), version.isPresent());
        case "tools/call" -> call(id, request, version.isPresent());
        default -> error(id, ErrorCodes.METHOD_NOT_FOUND, "Method not found");
      };
    } catch (RuntimeException e) {
      LOG.warn("a sandbox tool failed", e);
      return error(id, ErrorCodes.INTERNAL_ERROR, "Internal error");
    }
  }

  private static Map<String, Object> initialize(Json request) {
    String asked = request.string("/params/protocolVersion").orElse("");
    Map<String, Object> result = new LinkedHashMap<>();
    result.put("protocolVersion", HANDSHAKE.contains(asked) ? asked : HANDSHAKE.get(0));
    result.put("capabilities", Map.of("tools", Map.of()));
    result.put("serverInfo", INFO);
    return result;
  }

  private static Map<String, Object> discover() {
    Map<String, Object> result = new LinkedHashMap<>();
    result.put("supportedVersions", List.of(MODERN));
    result.put("capabilities", Map.of("tools", Map.of()));
    result.put("_meta", Map.of("io.modelcontextprotocol/serverInfo", INFO));
    return cacheable(result, Optional.of(MODERN));
  }

  private static Map<String, Object> cacheable(
      Map<String, Object> result, Optional<String> version) {
    if (version.isPresent()) {
      result.put("ttlMs", 0);
      result.put("cacheScope", "private");
    }
    return result;
  }

  private Map<String, Object> list() {
    Map<String, Object> result = new LinkedHashMap<>();
    result.put("tools", tools.stream().map(ToolServer::describe).toList());
    return result;
  }

  private static Map<String, Object> describe(Tool tool) {
    Map<String, Object> description = new LinkedHashMap<>();
    description.put("name", tool.name());
    description.put("description", tool.description());
    description.put("inputSchema", tool.inputSchema());
    description.put("annotations", Map.of("readOnlyHint", tool.readOnly()));
    return description;
  }

  private Json call(Json id, Json request, boolean modern) {
    String name = request.string("/params/name").orElse("");
    Optional<Tool> tool = tools.stream().filter(one -> one.name().equals(name)).findFirst();
    if (tool.isEmpty()) {
      return error(id, ErrorCodes.INVALID_PARAMS, "Unknown tool: " + name);
    }
    Object given = request.at("/params/arguments").map(Json::toJava).orElse(Map.of());
    if (!(given instanceof Map<?, ?> arguments)) {
      return error(id, ErrorCodes.INVALID_PARAMS, "arguments must be an object");
    }
    return result(id, run(tool.get(), new ToolArguments(arguments)), modern);
  }

  private Map<String, Object> run(Tool tool, ToolArguments arguments) {
    Sandbox target;
    try {
      target = sandbox.get();
    } catch (SandboxException e) {
      return failed("the sandbox is not reachable: " + e.getMessage());
    }
    try {
      Map<String, Object> structured = tool.call(target, arguments);
      Map<String, Object> result = new LinkedHashMap<>();
      result.put("content", text(Json.of(structured).toString()));
      result.put("structuredContent", structured);
      return result;
    } catch (ToolFailure | SandboxException e) {
      return failed(e.getMessage());
    }
  }

  private static Map<String, Object> failed(String message) {
    Map<String, Object> result = new LinkedHashMap<>();
    result.put("content", text(message));
    result.put("isError", true);
    return result;
  }

  private static List<Map<String, String>> text(String text) {
    return List.of(Map.of("type", "text", "text", text));
  }

  private static Json unsupported(Json id, String asked) {
    Map<String, Object> error = new LinkedHashMap<>();
    error.put("code", ErrorCodes.UNSUPPORTED_VERSION);
    error.put("message", "Unsupported protocol version");
    error.put("data", Map.of("supported", List.of(MODERN), "requested", asked));
    return envelope(id, "error", error);
  }

  private static Json result(Json id, Map<String, Object> result, boolean modern) {
    if (modern) {
      result.put("resultType", "complete");
    }
    return envelope(id, "result", result);
  }

  static Json error(Json id, int code, String message) {
    return envelope(id, "error", Map.of("code", code, "message", message));
  }

  private static Json envelope(Json id, String member, Map<String, Object> value) {
    Map<String, Object> envelope = new LinkedHashMap<>();
    envelope.put("jsonrpc", "2.0");
    envelope.put("id", id);
    envelope.put(member, value);
    return Json.of(envelope);
  }
}
