package dev.warren.mcp.internal.tools;

import dev.warren.Sandbox;
import java.util.Map;

/** The whole content of a file. */
public final class WriteTool implements Tool {

  @Override
  public String name() {
    return "write";
  }

  @Override
  public String description() {
    return "Write a file, replacing it when it exists. Missing directories are made.";
  }

  @Override
  public Map<String, Object> inputSchema() {
    return new InputSchema()
        .property("path", "string", "file, relative to /data or absolute")
        .property("content", "string", "the whole content, written as it is")
        .requiring("path", "content");
  }

  @Override
  public boolean readOnly() {
    return false;
  }

  @Override
  public Map<String, Object> call(Sandbox sandbox, ToolArguments arguments) throws ToolFailure {
    sandbox.files().writeString(arguments.filledText("path"), arguments.text("content"));
    return Map.of("ok", true);
  }
}
