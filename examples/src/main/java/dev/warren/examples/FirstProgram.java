package dev.warren.examples;

import dev.warren.BotContainerManager;
import dev.warren.BotId;
import dev.warren.ExecResult;
import dev.warren.Sandbox;
import dev.warren.SandboxRuntimes;
import dev.warren.mcp.McpSession;
import dev.warren.mcp.SandboxTools;
import java.util.Map;

/** The program of the README. */
public final class FirstProgram {
  private FirstProgram() {}

  public static void main(String[] args) {
    // README:begin
    try (var manager =
        BotContainerManager.builder(SandboxRuntimes.open("process"))
            .image("debian:12-slim")
            .build()) {
      Sandbox sandbox = manager.start(BotId.of("bot-42"));
      sandbox.files().writeString("notes.txt", "hello");
      ExecResult result = sandbox.exec("sh", "-c", "cat notes.txt");
      System.out.println(result.stdout());
      try (McpSession mcp = McpSession.builder(SandboxTools.of(sandbox)).open()) {
        System.out.println(mcp.callTool("read", Map.of("path", "notes.txt")));
      }
      manager.delete(sandbox.bot());
    }
    // README:end
  }
}
