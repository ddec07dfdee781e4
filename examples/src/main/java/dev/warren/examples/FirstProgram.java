package dev.warren.examples;

import dev.warren.BotContainerManager;
import dev.warren.BotId;
import dev.warren.ExecResult;
import dev.warren.Sandbox;
import dev.warren.SandboxRuntimes;

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
      manager.delete(sandbox.bot());
    }
    // README:end
  }
}
