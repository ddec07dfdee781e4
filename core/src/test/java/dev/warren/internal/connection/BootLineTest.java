package dev.warren.internal.connection;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class BootLineTest {
  private static final String KEY = "sha256:" + "ab".repeat(32);
  private static final String OTHER_KEY = "sha256:" + "cd".repeat(32);

  @Test
  void find_takesTheFirstLineOfThisSandbox() throws IOException {
    String log =
        line("other", "01", KEY) + line("warren-a", "02", KEY) + line("warren-a", "03", OTHER_KEY);
    assertThat(find(log, "warren-a")).contains(new BootLine("02", KEY));
  }

  @Test
  void find_skipsWhatIsNoBootLine_andOneThatIsNotComplete() throws IOException {
    String whole = line("warren-a", "02", KEY);
    assertThat(find("hello\n{\"warren\":\"boot\"}\n\n" + whole, "warren-a")).isPresent();
    assertThat(find(whole.substring(0, 80), "warren-a")).isEmpty();
    assertThat(find("", "warren-a")).isEmpty();
  }

  private static Optional<BootLine> find(String log, String sandbox) throws IOException {
    return BootLine.find(new ByteArrayInputStream(log.getBytes(StandardCharsets.UTF_8)), sandbox);
  }

  private static String line(String sandbox, String instance, String key) {
    return "{\"warren\":\"boot\",\"protocol\":1,\"sandbox\":\""
        + sandbox
        + "\",\"instance\":\""
        + instance
        + "\",\"key\":\""
        + key
        + "\",\"listen\":\"unix:/run/warren/s\"}\n";
  }
}
