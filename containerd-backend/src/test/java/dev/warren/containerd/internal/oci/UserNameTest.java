package dev.warren.containerd.internal.oci;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.warren.containerd.internal.api.types.Mount;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class UserNameTest {
  private static final UserName.Accounts ACCOUNTS =
      new UserName.Accounts() {
        @Override
        public String passwd() {
          return "root:x:0:0::/:/bin/sh\nbroken\napp:x:1000:1001::/:/bin/sh\n";
        }

        @Override
        public String group() {
          return "staff:x:50:other,app\napp:x:1001:\n";
        }
      };

  private static ResolvedUser resolve(String text) {
    return UserName.parse(text, "c").resolve(ACCOUNTS, "c");
  }

  @Test
  void namesAndNumbers() {
    assertThat(resolve("root")).isEqualTo(ResolvedUser.ROOT);
    assertThat(resolve("app")).isEqualTo(new ResolvedUser(1000, 1001, List.of(50L)));
    assertThat(resolve("1000")).isEqualTo(new ResolvedUser(1000, 1001, List.of(50L)));
    assertThat(resolve("app:staff")).isEqualTo(new ResolvedUser(1000, 50, List.of()));
    assertThat(resolve("7:8")).isEqualTo(new ResolvedUser(7, 8, List.of()));
    assertThat(resolve("7")).isEqualTo(new ResolvedUser(7, 0, List.of()));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", ":", "a:", ":b", "a b", "a:b:c", "4294967295", "99999999999", "a\nb"})
  void badOnesAreRefused(String text) {
    assertThatThrownBy(() -> UserName.parse(text, "c")).hasMessageContaining("is no user");
  }

  @Test
  void unknownNamesAreRefused() {
    assertThatThrownBy(() -> resolve("ghost")).hasMessageContaining("no user 'ghost'");
    assertThatThrownBy(() -> resolve("app:ghosts")).hasMessageContaining("no group 'ghosts'");
  }

  @Test
  void linksOfAnImageAreNeverFollowed(@TempDir Path directory) throws IOException {
    Path secret = Files.writeString(directory.resolve("secret"), "host:x:1:1::/:/bin/sh");
    Path linkedFile = Files.createDirectories(directory.resolve("a/etc"));
    Files.createSymbolicLink(linkedFile.resolve("passwd"), secret);
    Path hostDirectory = Files.createDirectory(directory.resolve("host"));
    Files.copy(secret, hostDirectory.resolve("passwd"));
    Path linkedDirectory = Files.createDirectory(directory.resolve("b"));
    Files.createSymbolicLink(linkedDirectory.resolve("etc"), hostDirectory);
    Path lower = Files.createDirectories(directory.resolve("c/etc"));
    Files.writeString(lower.resolve("passwd"), "lower:x:1:1::/:/bin/sh");

    assertThat(read(bind(directory.resolve("a")))).isEmpty();
    assertThat(read(bind(linkedDirectory))).isEmpty();
    Mount overlay =
        Mount.newBuilder()
            .setType("overlay")
            .addOptions("lowerdir=" + hostDirectory + ":" + directory.resolve("c"))
            .build();
    assertThat(read(overlay)).startsWith("lower:");
    Mount hidden = overlay.toBuilder().addOptions("upperdir=" + directory.resolve("a")).build();
    assertThat(read(hidden)).isEmpty();
  }

  private static Mount bind(Path path) {
    return Mount.newBuilder().setType("bind").setSource(path.toString()).build();
  }

  private static String read(Mount mount) {
    return LayerFiles.of(List.of(mount), "c").read("etc", "passwd");
  }
}
