package dev.warren.mcp;

import dev.warren.SandboxException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** What the client can do for a server: the typed handlers as raw ones, and what they declare. */
final class ClientAbilities {
  private static final Set<String> BY_HANDLER = Set.of("roots", "sampling", "elicitation");

  private final Map<String, McpRequestHandler> handlers = new LinkedHashMap<>();
  private final Map<String, McpRequestHandler> others = new LinkedHashMap<>();
  private final Map<String, Object> declared = new LinkedHashMap<>();
  private McpElicitation.@Nullable FormHandler form;
  private McpElicitation.@Nullable UrlHandler url;

  void roots(Supplier<List<McpRoot>> roots) {
    declared.put("roots", Map.of("listChanged", true));
    handlers.put(
        "roots/list",
        params -> Json.of(Map.of("roots", roots.get().stream().map(McpRoot::toJson).toList())));
  }

  void sampling(McpSampling.Handler handler, Map<String, ?> details) {
    declared.put("sampling", details);
    handlers.put(
        "sampling/createMessage", params -> handler.sample(McpSampling.Request.from(params)).raw());
  }

  void form(McpElicitation.FormHandler handler) {
    form = handler;
  }

  void url(McpElicitation.UrlHandler handler) {
    url = handler;
  }

  void handler(String method, McpRequestHandler handler) {
    others.put(method, handler);
  }

  void declare(String name, Json value) {
    if (BY_HANDLER.contains(name)) {
      throw SandboxException.invalid(
          "declare capability", name, "it is declared by setting its handler");
    }
    declared.put(name, value);
  }

  Json capabilities() {
    Map<String, Object> all = new LinkedHashMap<>(declared);
    Map<String, Object> elicitation = new LinkedHashMap<>();
    if (form != null) {
      elicitation.put("form", Map.of());
    }
    if (url != null) {
      elicitation.put("url", Map.of());
    }
    if (!elicitation.isEmpty()) {
      all.put("elicitation", elicitation);
    }
    return Json.of(all);
  }

  Map<String, McpRequestHandler> handlers() {
    Map<String, McpRequestHandler> all = new LinkedHashMap<>(others);
    all.putAll(handlers);
    if (form != null || url != null) {
      all.put("elicitation/create", elicitation(form, url));
    }
    return all;
  }

  private static McpRequestHandler elicitation(
      McpElicitation.@Nullable FormHandler form, McpElicitation.@Nullable UrlHandler url) {
    return params -> {
      boolean visit = params.string("/mode").orElse("form").equals("url");
      if (visit && url != null) {
        return url.ask(McpElicitation.Visit.from(params)).raw();
      }
      if (!visit && form != null) {
        return form.ask(McpElicitation.Form.from(params)).raw();
      }
      throw new McpErrorException(
          "elicitation/create",
          new McpErrorException.RpcError(
              -32602, "this mode was not declared", java.util.Optional.empty()));
    };
  }
}
