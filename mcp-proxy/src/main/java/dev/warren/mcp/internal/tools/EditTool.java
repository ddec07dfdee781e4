package dev.warren.mcp.internal.tools;

import dev.warren.Sandbox;
import dev.warren.SandboxFiles;
import dev.warren.WriteOptions;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/** One place of a text file. */
public final class EditTool implements Tool {

  @Override
  public String name() {
    return "edit";
  }

  @Override
  public String description() {
    return "Replace one passage of a text file. old_text must occur exactly once; differences in"
        + " line ends, trailing blanks, typographic quotes, dashes and spaces are tolerated.";
  }

  @Override
  public Map<String, Object> inputSchema() {
    return new InputSchema()
        .property("path", "string", "file, relative to /data or absolute")
        .property("old_text", "string", "the passage as it is now")
        .property("new_text", "string", "what to put in its place; may be empty")
        .requiring("path", "old_text", "new_text");
  }

  @Override
  public boolean readOnly() {
    return false;
  }

  @Override
  public Map<String, Object> call(Sandbox sandbox, ToolArguments arguments) throws ToolFailure {
    String path = arguments.filledText("path");
    String oldText = arguments.filledText("old_text");
    String newText = arguments.text("new_text");
    SandboxFiles files = sandbox.files();
    // The revision is older than the content that is read: a change in between is a conflict.
    String revision = files.stat(path).revision();
    String edited = TextEdit.replaceOnce(path, files.readString(path), oldText, newText);
    files.writeBytes(
        path,
        edited.getBytes(StandardCharsets.UTF_8),
        WriteOptions.defaults().ifRevision(revision));
    return Map.of("ok", true);
  }
}
