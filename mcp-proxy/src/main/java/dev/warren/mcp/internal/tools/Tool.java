package dev.warren.mcp.internal.tools;

import dev.warren.Sandbox;
import java.util.Map;

/** Something a model can ask for. Stateless. */
public interface Tool {
  /** How it is called. */
  String name();

  /** For the model. */
  String description();

  /** JSON Schema of its arguments, as a tree of maps. */
  Map<String, Object> inputSchema();

  /** Whether it leaves the sandbox as it was. */
  boolean readOnly();

  /**
   * Does it.
   *
   * @return the members of the structured result
   * @throws ToolFailure when it cannot; the text is for the model
   */
  Map<String, Object> call(Sandbox sandbox, ToolArguments arguments) throws ToolFailure;
}
