package dev.warren;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MountPolicyTest {
  @TempDir Path temp;

  @Test
  void none_refusesEverything() {
    assertThatThrownBy(() -> MountPolicy.none().check(bind(temp)))
        .isInstanceOf(SandboxException.class)
        .hasMessageStartingWith("mount /mnt: the mount policy does not allow this host path")
        .hasMessageNotContaining(temp.toString());
  }

  @Test
  void below_allowsTheDirectoryAndWhatIsInIt() throws IOException {
    Path inner = Files.createDirectories(temp.resolve("shared/deep"));
    MountPolicy policy = MountPolicy.below(temp.resolve("shared"));
    assertThatCode(() -> policy.check(bind(inner))).doesNotThrowAnyException();
    assertThatCode(() -> policy.check(bind(temp.resolve("shared")))).doesNotThrowAnyException();
  }

  @Test
  void below_refusesANeighbourWithTheSameBeginning() throws IOException {
    Files.createDirectories(temp.resolve("shared"));
    Path neighbour = Files.createDirectories(temp.resolve("shared-not"));
    assertDenied(MountPolicy.below(temp.resolve("shared")), neighbour);
  }

  @Test
  void below_refusesALinkThatLeadsOut_alsoWhenItAppearsLater() throws IOException {
    Path shared = Files.createDirectories(temp.resolve("shared"));
    MountPolicy policy = MountPolicy.below(shared);
    Path link = Files.createSymbolicLink(shared.resolve("link"), Path.of("/etc"));
    assertDenied(policy, link);
  }

  @Test
  void below_refusesDotDot() throws IOException {
    Path shared = Files.createDirectories(temp.resolve("shared"));
    assertDenied(MountPolicy.below(shared), shared.resolve("..").toAbsolutePath());
  }

  private static void assertDenied(MountPolicy policy, Path path) {
    assertThatThrownBy(() -> policy.check(bind(path)))
        .isInstanceOf(SandboxException.class)
        .hasMessageContaining("does not allow");
  }

  private static Mount.Bind bind(Path path) {
    return new Mount.Bind(path, "/mnt", true);
  }
}
