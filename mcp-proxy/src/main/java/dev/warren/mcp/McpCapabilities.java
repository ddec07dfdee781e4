package dev.warren.mcp;

/**
 * What a server has declared.
 *
 * @param raw as it was sent: with experimental capabilities and extensions
 */
public record McpCapabilities(Json raw) {

  /** No capability. */
  public static final McpCapabilities NONE = new McpCapabilities(Json.EMPTY_OBJECT);

  public boolean tools() {
    return has("/tools");
  }

  public boolean toolsListChanged() {
    return isTrue("/tools/listChanged");
  }

  public boolean prompts() {
    return has("/prompts");
  }

  public boolean promptsListChanged() {
    return isTrue("/prompts/listChanged");
  }

  public boolean resources() {
    return has("/resources");
  }

  public boolean resourcesListChanged() {
    return isTrue("/resources/listChanged");
  }

  public boolean resourcesSubscribe() {
    return isTrue("/resources/subscribe");
  }

  public boolean completions() {
    return has("/completions");
  }

  public boolean logging() {
    return has("/logging");
  }

  /** Tasks in the core of 2025-11-25; not the extension of later revisions. */
  public boolean tasks() {
    return has("/tasks");
  }

  /** Whether there is anything but null or false at a JSON pointer, such as {@code /tasks/list}. */
  public boolean has(String pointer) {
    return raw.has(pointer);
  }

  private boolean isTrue(String pointer) {
    return raw.isTrue(pointer);
  }
}
