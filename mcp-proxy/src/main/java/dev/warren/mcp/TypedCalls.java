package dev.warren.mcp;

import dev.warren.SandboxException;
import dev.warren.SandboxException.Code;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/** The typed calls of a session, made of raw ones. */
final class TypedCalls {
  private final McpSession session;
  private final McpLimits limits;

  TypedCalls(McpSession session, McpLimits limits) {
    this.session = session;
    this.limits = limits;
  }

  static McpRequest tool(String name, Map<String, ?> arguments) {
    Map<String, Object> params = new LinkedHashMap<>();
    params.put("name", name);
    params.put("arguments", arguments);
    return McpRequest.of("tools/call", params);
  }

  Json call(McpRequest request) {
    return session.call(request).result();
  }

  /** All pages of a list. A server that goes round in circles is stopped. */
  <T> List<T> list(String method, String member, Function<Json, T> reader) {
    List<T> all = new ArrayList<>();
    Set<String> seen = new HashSet<>();
    McpRequest request = McpRequest.of(method);
    while (true) {
      Json page = call(request);
      List<Json> items = page.at(member).map(Json::elements).orElse(List.of());
      if (all.size() + items.size() > limits.items()) {
        throw tooLong(method, limits.items() + " items");
      }
      items.forEach(item -> all.add(reader.apply(item)));
      Optional<String> cursor = page.string("/nextCursor");
      if (cursor.isEmpty()) {
        return List.copyOf(all);
      }
      if (!seen.add(cursor.get())) {
        throw SandboxException.of(Code.DATA_LOSS, "list", method)
            .detail("the server named the same next page twice")
            .build();
      }
      if (seen.size() >= limits.pages()) {
        throw tooLong(method, limits.pages() + " pages");
      }
      request = McpRequest.of(method, Map.of("cursor", cursor.get()));
    }
  }

  List<McpResourceContents> readResource(String uri) {
    Json result = call(McpRequest.of("resources/read", Map.of("uri", uri)));
    return result.at("/contents").map(Json::elements).orElse(List.of()).stream()
        .map(McpResourceContents::from)
        .toList();
  }

  McpCompletion complete(
      McpCompletion.Reference of, String argument, String value, Map<String, String> known) {
    Map<String, Object> params = new LinkedHashMap<>();
    params.put("ref", of.raw());
    params.put("argument", Map.of("name", argument, "value", value));
    if (!known.isEmpty()) {
      params.put("context", Map.of("arguments", known));
    }
    return McpCompletion.from(call(McpRequest.of("completion/complete", params)));
  }

  McpTask start(String name, Map<String, ?> arguments, Duration keep) {
    McpServerDescription server = session.connect();
    if (!server.capabilities().has("/tasks/requests/tools/call")) {
      throw SandboxException.of(Code.UNSUPPORTED, "start task", name)
          .detail("the server has not declared tasks for tool calls")
          .remedy("call the tool without a task")
          .build();
    }
    Map<String, Object> params = new LinkedHashMap<>();
    params.put("name", name);
    params.put("arguments", arguments);
    params.put("task", Map.of("ttl", keep.toMillis()));
    Json result = call(McpRequest.of("tools/call", params));
    String id =
        result
            .string("/task/taskId")
            .orElseThrow(
                () ->
                    SandboxException.of(Code.DATA_LOSS, "start task", name)
                        .detail("the server's answer names no task")
                        .build());
    return new ToolTask(session, id);
  }

  private static SandboxException tooLong(String method, String limit) {
    return SandboxException.of(Code.RESOURCE_EXHAUSTED, "list", method)
        .detail("the list has more than " + limit)
        .remedy("raise the limit of the session, or read page by page with raw calls")
        .build();
  }
}
