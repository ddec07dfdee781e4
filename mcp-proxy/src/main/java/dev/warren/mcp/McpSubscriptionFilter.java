package dev.warren.mcp;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Which changes a {@link McpSubscription} reports.
 *
 * @param resources URIs whose updates are wanted
 */
public record McpSubscriptionFilter(
    boolean toolsChanged,
    boolean promptsChanged,
    boolean resourcesChanged,
    List<String> resources) {

  /** Nothing yet. */
  public static final McpSubscriptionFilter NONE =
      new McpSubscriptionFilter(false, false, false, List.of());

  public McpSubscriptionFilter {
    resources = List.copyOf(resources);
  }

  public McpSubscriptionFilter withToolsChanged() {
    return new McpSubscriptionFilter(true, promptsChanged, resourcesChanged, resources);
  }

  public McpSubscriptionFilter withPromptsChanged() {
    return new McpSubscriptionFilter(toolsChanged, true, resourcesChanged, resources);
  }

  public McpSubscriptionFilter withResourcesChanged() {
    return new McpSubscriptionFilter(toolsChanged, promptsChanged, true, resources);
  }

  public McpSubscriptionFilter withResources(List<String> uris) {
    return new McpSubscriptionFilter(toolsChanged, promptsChanged, resourcesChanged, uris);
  }

  /** Whether it asks for nothing. */
  public boolean isEmpty() {
    return !toolsChanged && !promptsChanged && !resourcesChanged && resources.isEmpty();
  }

  /** The form on the wire of {@code subscriptions/listen}. */
  public Json toJson() {
    Map<String, Object> members = new LinkedHashMap<>();
    if (toolsChanged) {
      members.put("toolsListChanged", true);
    }
    if (promptsChanged) {
      members.put("promptsListChanged", true);
    }
    if (resourcesChanged) {
      members.put("resourcesListChanged", true);
    }
    if (!resources.isEmpty()) {
      members.put("resourceSubscriptions", resources);
    }
    return Json.of(members);
  }

  /** Reads the form on the wire. */
  public static McpSubscriptionFilter from(Json raw) {
    McpCapabilities members = new McpCapabilities(raw);
    return new McpSubscriptionFilter(
        members.has("/toolsListChanged"),
        members.has("/promptsListChanged"),
        members.has("/resourcesListChanged"),
        raw.at("/resourceSubscriptions").map(Json::elements).orElse(List.of()).stream()
            .map(uri -> uri.string("").orElse(""))
            .toList());
  }
}
