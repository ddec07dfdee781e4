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
 * and {@code exec}. It runs in this JVM and speaks all protocol revisions, so it can be given to an
 * {@link McpSession} or put behind the proxy as any other server.
 *
 * <p>File contents go through byte for byte. What a tool cannot do is a result that says so ({@code
 * isError}), because a model can act on it; a tool that does not exist is a JSON-RPC error. Limits:
 * {@code read} gives 200 lines and 64 KiB at most, {@code list} 1,000 entries, {@code exec} 10 KiB
 * or 250 lines of each stream, head and tail; at most 16 calls run at a time, and 256 wait.
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
   * The tools of a sandbox that is asked for at each call, for one that is started when it is
   * needed.
   *
   * @param sandbox called by several threads at a time; its {@link dev.warren.SandboxException} is
   *     told to the model
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
