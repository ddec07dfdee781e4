package dev.warren.mcp;

import dev.warren.Sandbox;
import dev.warren.mcp.channel.StdioChannel;
import dev.warren.mcp.channel.StdioTransport;
import dev.warren.mcp.internal.tools.EditTool;
import dev.warren.mcp.internal.tools.ExecTool;
import dev.warren.mcp.internal.tools.ListTool;
import dev.warren.mcp.internal.tools.ReadTool;
import dev.warren.mcp.internal.tools.ToolChannel;
import dev.warren.mcp.internal.tools.WriteTool;
import java.util.List;
import java.util.function.Supplier;

/**
 * A sandbox as an MCP server with the tools {@code read}, {@code write}, {@code list}, {@code edit}
 * and {@code exec}. It runs in this JVM and speaks all protocol revisions, so it can be used with
 * an {@link McpSession} or put behind an HTTP endpoint like any other server.
 *
 * <p>File contents are passed on byte for byte. When a tool fails, its result says why ({@code
 * isError}), so that the model can react; calling a tool that does not exist is a JSON-RPC error.
 * Limits: {@code read} returns at most 200 lines and 64 KiB, {@code list} 1,000 entries; {@code
 * exec} returns the head and the tail of a stream that is longer than 10 KiB or 250 lines. At most
 * 16 calls run at a time and 256 wait.
 *
 * <p>Immutable and thread-safe.
 */
public final class SandboxTools implements StdioTransport {
  private final Supplier<Sandbox> sandbox;

  private SandboxTools(Supplier<Sandbox> sandbox) {
    this.sandbox = sandbox;
  }

  /** The tools of one sandbox. */
  public static SandboxTools of(Sandbox sandbox) {
    return new SandboxTools(() -> sandbox);
  }

  /**
   * The tools of a sandbox that is looked up for each call, so that it can be started on demand.
   *
   * @param sandbox called by several threads at a time; if it throws a {@link
   *     dev.warren.SandboxException}, the model is told
   */
  public static SandboxTools of(Supplier<Sandbox> sandbox) {
    return new SandboxTools(sandbox);
  }

  @Override
  public StdioChannel start(StdioChannel.Receiver receiver) {
    return new ToolChannel(
        sandbox,
        List.of(new ReadTool(), new WriteTool(), new ListTool(), new EditTool(), new ExecTool()),
        receiver);
  }

  @Override
  public String toString() {
    return "sandbox tools";
  }
}
