package dev.warren.docker.internal.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.warren.PullProgress;
import dev.warren.PullProgress.Phase;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Streams as Docker 20.10 sent them. */
class PullEventsTest {
  private static final String DIGEST = "sha256:" + "4e".repeat(32);

  private final List<PullProgress> heard = new ArrayList<>();
  private final PullEvents events = new PullEvents(heard::add);

  private void read(String... lines) throws IOException {
    String text = String.join("\r\n", lines) + "\r\n";
    events.read(new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)));
  }

  @Test
  void pull_tellsEachLayersWay() throws Exception {
    read(
        "{\"status\":\"Pulling from warren/busybox\",\"id\":\"1\"}",
        "{\"status\":\"Pulling fs layer\",\"progressDetail\":{},\"id\":\"3526c804fa26\"}",
        "{\"status\":\"Waiting\",\"progressDetail\":{},\"id\":\"3526c804fa26\"}",
        "{\"status\":\"Downloading\",\"progressDetail\":{\"current\":36445,\"total\":1031291},\"progress\":\"[=\\u003e ]\",\"id\":\"3526c804fa26\"}",
        "{\"status\":\"Verifying Checksum\",\"progressDetail\":{},\"id\":\"3526c804fa26\"}",
        "{\"status\":\"Download complete\",\"progressDetail\":{},\"id\":\"3526c804fa26\"}",
        "{\"status\":\"Extracting\",\"progressDetail\":{\"current\":32768,\"total\":1031291},\"id\":\"3526c804fa26\"}",
        "{\"status\":\"Pull complete\",\"progressDetail\":{},\"id\":\"3526c804fa26\"}",
        "{\"status\":\"Already exists\",\"progressDetail\":{},\"id\":\"1ef9e95ca9fb\"}",
        "{\"status\":\"Digest: " + DIGEST + "\"}",
        "{\"status\":\"Status: Downloaded newer image for r.example/warren/busybox:1\"}");

    assertThat(events.succeeded()).isTrue();
    assertThat(events.digest()).contains(DIGEST);
    assertThat(events.error()).isEmpty();
    assertThat(heard)
        .extracting(PullProgress::phase)
        .containsExactly(
            Phase.DOWNLOADING, Phase.DOWNLOADED, Phase.UNPACKING, Phase.DONE, Phase.EXISTS);
    assertThat(heard.get(1))
        .isEqualTo(new PullProgress("3526c804fa26", Phase.DOWNLOADED, 1031291, 1031291));
  }

  @Test
  void bytes_areToldTenTimesASecondAtMost() throws Exception {
    String[] lines = new String[500];
    for (int i = 0; i < lines.length; i++) {
      lines[i] =
          "{\"status\":\"Downloading\",\"progressDetail\":{\"current\":%d,\"total\":500},\"id\":\"3526c804fa26\"}"
              .formatted(i);
    }
    long start = System.nanoTime();
    read(lines);
    long tenths = (System.nanoTime() - start) / 100_000_000;
    assertThat(heard).hasSizeBetween(1, (int) tenths + 2);
  }

  @Test
  void errorInsideTheStream_isNoSuccess() throws Exception {
    read(
        "{\"status\":\"Pulling from app\",\"id\":\"1\"}",
        "{\"errorDetail\":{\"message\":\"no matching manifest\"},\"error\":\"no matching manifest\"}");
    assertThat(events.succeeded()).isFalse();
    assertThat(events.error()).contains("no matching manifest");
  }

  @Test
  void errorWithoutDetail_isFoundAsWell() throws Exception {
    read("{\"error\":\"it broke\"}");
    assertThat(events.error()).contains("it broke");
  }

  @Test
  void streamThatEndsEarly_isNoSuccess() throws Exception {
    read("{\"status\":\"Pulling fs layer\",\"progressDetail\":{},\"id\":\"3526c804fa26\"}");
    assertThat(events.succeeded()).isFalse();
    assertThat(events.error()).isEmpty();
  }

  @Test
  void streamThatIsNoJson_fails() {
    assertThatThrownBy(() -> read("<html>")).isInstanceOf(IOException.class);
  }
}
