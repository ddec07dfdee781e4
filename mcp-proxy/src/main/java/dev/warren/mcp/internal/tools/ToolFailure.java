package dev.warren.mcp.internal.tools;

/** What a tool could not do, in words for a model. */
public final class ToolFailure extends Exception {
  private static final long serialVersionUID = 1L;

  public ToolFailure(String message) {
    super(message);
  }
}
