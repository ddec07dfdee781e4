package dev.warren.examples;

import static org.assertj.core.api.Assertions.assertThat;

import dev.warren.BotContainerManager;
import dev.warren.StateDirectory;
import dev.warren.process.ProcessRuntime;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AgentLoopTest {
  @TempDir Path directory;

  @Test
  void run_usesTheToolsOfBothSandboxes_showsEachStep_andLeavesNothing() {
    ByteArrayOutputStream trace = new ByteArrayOutputStream();
    try (BotContainerManager manager =
        BotContainerManager.builder(ProcessRuntime.open(StateDirectory.at(directory))).build()) {
      new AgentLoop(manager, new PrintStream(trace, true, StandardCharsets.UTF_8))
          .run(List.of("Oslo", "Atlantis"));
      assertThat(manager.list()).isEmpty();
    }
    assertThat(trace.toString(StandardCharsets.UTF_8).lines())
        .contains("  office.exec", "  weather.forecast")
        .containsSubsequence(
            "1. nothing known of Oslo: weather.forecast {\"city\":\"Oslo\"}",
            "     rain, 7 degrees",
            "2. nothing known of Atlantis: weather.forecast {\"city\":\"Atlantis\"}",
            "     error: no station there",
            "4. the report is not checked: office.read {\"path\":\"report.txt\"}",
            "Done after 4 steps.")
        .anyMatch(line -> line.startsWith("3. all is known: office.write "))
        .anyMatch(line -> line.contains("Oslo: rain, 7 degrees"))
        .anyMatch(line -> line.contains("Atlantis: unknown"));
  }
}
