package dev.warren.docker.internal.snapshot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.warren.ImageRef;
import dev.warren.SandboxException;
import dev.warren.docker.internal.container.Ownership;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SnapshotNameTest {

  private static String tag(String owner, String name) {
    return SnapshotName.of("commit", new Ownership(owner), name).toString();
  }

  @Test
  void differentNamesAndOwners_haveDifferentTags() {
    List<String> names =
        List.of(
            "a",
            "A",
            ".a",
            "-a",
            "_a",
            "a.",
            "..",
            "._",
            "-_",
            "__",
            "_.",
            "x".repeat(128),
            "." + "x".repeat(127),
            "-" + "x".repeat(127),
            "_" + "x".repeat(127));
    List<String> owners = List.of("warren", "Warren", "77617272656e", "of", "a.b", "a-b", "a_b");
    Set<String> tags = new HashSet<>();
    for (String owner : owners) {
      names.forEach(name -> tags.add(tag(owner, name)));
    }
    assertThat(tags).hasSize(names.size() * owners.size());
  }

  @Test
  void everyTag_isOneThatTheEngineTakes() {
    for (String name : List.of(".a", "-", "A_b.c-d", "x".repeat(128))) {
      for (String owner : List.of("warren", "My-Service.2")) {
        assertThat(ImageRef.parse(tag(owner, name)).toString()).isEqualTo(tag(owner, name));
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "a/b", "a b", "a:b", "ä", "a\n"})
  void otherCharacters_areInvalid(String name) {
    assertThatThrownBy(() -> tag("warren", name)).isInstanceOf(SandboxException.class);
  }

  @Test
  void tooLong_isInvalid() {
    assertThatThrownBy(() -> tag("warren", "x".repeat(129))).isInstanceOf(SandboxException.class);
  }
}
