package dev.warren.mcp.internal.tools;

import dev.warren.LineRange;
import dev.warren.Sandbox;
import dev.warren.TextPage;
import java.util.LinkedHashMap;
import java.util.Map;

/** Lines of a text file. */
public final class ReadTool implements Tool {
  private static final int MAX_LINES = 200;

  @Override
  public String name() {
    return "read";
  }

  @Override
  public String description() {
    return "Read lines of a text file. At most 200 lines at a time; use line_offset to go on.";
  }

  @Override
  public Map<String, Object> inputSchema() {
    return new InputSchema()
        .property("path", "string", "file, relative to /data or absolute")
        .property("line_offset", "integer", "first line, from 1; 1 when absent")
        .property("n_lines", "integer", "how many lines, 1 to 200; 200 when absent")
        .requiring("path");
  }

  @Override
  public boolean readOnly() {
    return true;
  }

  @Override
  public Map<String, Object> call(Sandbox sandbox, ToolArguments arguments) throws ToolFailure {
    String path = arguments.filledText("path");
    long first = arguments.number("line_offset", 1);
    long count = arguments.number("n_lines", MAX_LINES);
    if (first < 1) {
      throw new ToolFailure("line_offset must be >= 1");
    }
    if (count < 1) {
      throw new ToolFailure("n_lines must be >= 1");
    }
    LineRange range = LineRange.defaults().from(first).lines((int) Math.min(count, MAX_LINES));
    TextPage page = sandbox.files().readLines(path, range);
    if (page.binary()) {
      throw new ToolFailure("the file appears to be binary; read supports text files only");
    }
    Map<String, Object> result = new LinkedHashMap<>();
    result.put("content", page.content().replaceFirst("\\r?\\n\\z", ""));
    result.put("total_lines", page.totalLines());
    result.put("first_line", page.firstLine());
    result.put("lines", page.lines());
    result.put("more", page.more());
    if (page.cutLines() > 0) {
      result.put("cut_lines", page.cutLines());
    }
    return result;
  }
}
