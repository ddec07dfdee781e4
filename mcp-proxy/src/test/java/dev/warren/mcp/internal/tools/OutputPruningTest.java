package dev.warren.mcp.internal.tools;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class OutputPruningTest {

  private static String prune(String text) {
    return OutputPruning.prune("stdout", text, text.getBytes(StandardCharsets.UTF_8).length);
  }

  @Test
  void prune_withinTheLimits_changesNothing() {
    assertThat(prune("")).isEmpty();
    assertThat(prune("a".repeat(10 << 10))).hasSize(10 << 10);
    assertThat(prune("l\n".repeat(250))).hasSize(500);
  }

  @Test
  void prune_tooManyLines_showsTheFirst150AndTheLast50() {
    StringBuilder text = new StringBuilder();
    for (int i = 1; i <= 251; i++) {
      text.append("line ").append(i).append('\n');
    }
    String pruned = prune(text.toString());
    assertThat(pruned)
        .startsWith("[pruned] stdout too long (bytes=" + text.length() + ", lines=251)")
        .contains("line 150\n[...snip...]\nline 202\n")
        .endsWith("line 251\n")
        .doesNotContain("line 151\n", "line 201\n");
  }

  @Test
  void prune_oneLongLine_isCutBetweenCharacters() {
    String pruned = prune("€".repeat(10_000));
    assertThat(pruned).doesNotContain("\uFFFD");
    assertThat(pruned.getBytes(StandardCharsets.UTF_8)).hasSizeLessThan(6 << 10);
    assertThat(prune("\uD83D\uDE00".repeat(5_000)).codePoints().filter(c -> c == 0x1F600).count())
        .isEqualTo((4 << 10) / 4 + (1 << 10) / 4);
  }
}
