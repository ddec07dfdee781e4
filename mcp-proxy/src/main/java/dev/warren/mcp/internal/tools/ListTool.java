package dev.warren.mcp.internal.tools;

import dev.warren.FileInfo;
import dev.warren.ListPage;
import dev.warren.ListRequest;
import dev.warren.Sandbox;
import java.util.LinkedHashMap;
import java.util.Map;

/** What is in a directory. */
public final class ListTool implements Tool {
  private static final int MAX_ENTRIES = 1_000;

  @Override
  public String name() {
    return "list";
  }

  @Override
  public String description() {
    return "List a directory. At most 1000 entries at a time; pass next_cursor as cursor to go on.";
  }

  @Override
  public Map<String, Object> inputSchema() {
    return new InputSchema()
        .property("path", "string", "directory, relative to /data or absolute; /data when absent")
        .property("recursive", "boolean", "with all below it; links are not followed")
        .property("cursor", "string", "next_cursor of the page before")
        .requiring();
  }

  @Override
  public boolean readOnly() {
    return true;
  }

  @Override
  public Map<String, Object> call(Sandbox sandbox, ToolArguments arguments) throws ToolFailure {
    String path = arguments.optionalText("path").filter(text -> !text.isEmpty()).orElse(".");
    ListRequest request =
        new ListRequest(
            path,
            arguments.flag("recursive"),
            MAX_ENTRIES,
            arguments.optionalText("cursor").orElse(""),
            0);
    ListPage page = sandbox.files().listPage(request);
    Map<String, Object> result = new LinkedHashMap<>();
    result.put("path", path);
    result.put("entries", page.entries().stream().map(ListTool::entry).toList());
    if (!page.last()) {
      result.put("next_cursor", page.nextCursor());
    }
    if (!page.unreadable().isEmpty()) {
      result.put("unreadable", page.unreadable());
    }
    return result;
  }

  private static Map<String, Object> entry(FileInfo file) {
    Map<String, Object> entry = new LinkedHashMap<>();
    entry.put("path", file.path());
    entry.put("is_dir", file.isDirectory());
    entry.put("size", file.size());
    entry.put("mode", String.format("%04o", file.mode()));
    entry.put("mod_time", file.modified().toString());
    file.linkTarget().ifPresent(target -> entry.put("link_target", target));
    return entry;
  }
}
