package dev.warren;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ImageRefTest {
  private static final String DIGEST = "sha256:" + "0123456789abcdef".repeat(4);

  @ParameterizedTest
  @CsvSource({
    "debian:12, docker.io/library/debian:12",
    "memohai/mcp:1.0, docker.io/memohai/mcp:1.0",
    "localhost/a:1, localhost/a:1",
    "localhost:5000/a/b:1, localhost:5000/a/b:1",
    "127.0.0.1:5000/a:1, 127.0.0.1:5000/a:1",
    "registry.example/team/image:v1.2-rc_3, registry.example/team/image:v1.2-rc_3",
    "docker.io/library/debian:12, docker.io/library/debian:12",
    "[::1]:5000/a:1, [::1]:5000/a:1",
  })
  void parse_normalisesLikeTheDockerCommandLine(String text, String full) {
    assertThat(ImageRef.parse(text)).hasToString(full);
  }

  @Test
  void parse_keepsTagAndDigest() {
    ImageRef ref = ImageRef.parse("debian:12@" + DIGEST);
    assertThat(ref.tag()).contains("12");
    assertThat(ref.digest()).contains(DIGEST);
    assertThat(ref).hasToString("docker.io/library/debian:12@" + DIGEST);
  }

  @Test
  void parse_acceptsADigestWithoutATag() {
    assertThat(ImageRef.parse("debian@" + DIGEST).tag()).isEmpty();
  }

  @Test
  void parse_doesNotInventLatest() {
    assertThatThrownBy(() -> ImageRef.parse("debian"))
        .isInstanceOf(SandboxException.class)
        .hasMessageContaining("no tag and no digest");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " ",
        ":1",
        "Debian:12",
        "a//b:1",
        "/a:1",
        "a/:1",
        "a:b:c",
        "a:-x",
        "a@sha256:12",
        "a:1@md5:0",
        "a b:1",
        "a\n:1",
        "-a/b:1",
        "host:99999999/a:1",
        "a..b/c:1"
      })
  void parse_refusesTheRest(String text) {
    assertThatThrownBy(() -> ImageRef.parse(text))
        .isInstanceOfSatisfying(
            SandboxException.class,
            e -> assertThat(e.code()).isEqualTo(SandboxException.Code.INVALID_ARGUMENT));
  }
}
