package dev.warren.spi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.warren.Mount;
import dev.warren.SandboxException;
import dev.warren.SandboxException.Code;
import dev.warren.StateDirectory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HostPathsTest {
  @TempDir Path directory;
  private HostPaths paths;
  private Path state;
  private Path engine;

  @BeforeEach
  void prepare() throws IOException {
    directory = directory.toRealPath();
    state = Files.createDirectories(directory.resolve("app/state"));
    engine = Files.createDirectories(directory.resolve("engine"));
    paths = HostPaths.protecting(StateDirectory.at(state), List.of(engine));
  }

  private static Mount.Bind bind(Path source) {
    return new Mount.Bind(source, "/in", true);
  }

  private void assertRefused(Path source) {
    assertThatThrownBy(() -> paths.resolve(bind(source)))
        .isInstanceOfSatisfying(
            SandboxException.class,
            e -> {
              assertThat(e.code()).isEqualTo(Code.PERMISSION_DENIED);
              assertThat(e.getMessage()).doesNotContain(source.toString() + " ");
            });
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/",
        "/proc",
        "/proc/self",
        "/sys",
        "/dev",
        "/etc",
        "/etc/passwd",
        "/root",
        "/var"
      })
  void hostsOwnAreRefused(String path) {
    assertRefused(Path.of(path));
  }

  @Test
  void linksAreFollowedBeforeTheyAreJudged() throws IOException {
    Path target = Files.createDirectory(directory.resolve("data"));
    assertThat(paths.resolve(bind(Files.createSymbolicLink(directory.resolve("ok"), target))))
        .isEqualTo(target);
    assertRefused(Files.createSymbolicLink(directory.resolve("bad"), Path.of("/etc")));
    Path chain = Files.createSymbolicLink(directory.resolve("chain"), directory.resolve("bad"));
    assertRefused(chain);
    assertRefused(target.resolve("../../../../../../../../../etc"));
  }

  @Test
  void engineSocketsAreRefusedWhereverTheyAre() throws IOException {
    Path run = Files.createDirectory(directory.resolve("run"));
    assertThat(paths.resolve(bind(run))).isEqualTo(run);
    Path socket = Files.createFile(run.resolve("docker.sock"));
    assertRefused(socket);
    assertRefused(run);
    assertRefused(engine);
    assertRefused(Files.createFile(engine.resolve("anything")));
  }

  @Test
  void keysAreRefused() throws IOException {
    assertRefused(Files.createDirectories(directory.resolve("user/.ssh")));
    assertRefused(Files.createFile(directory.resolve("user/.ssh/id")));
  }

  @Test
  void stateDirectoryIsForWarrensOwnMountsOnly() throws IOException {
    Path own = Files.createDirectories(state.resolve("bridges/x"));
    assertRefused(own);
    assertRefused(state);
    assertRefused(state.getParent());
    assertThat(paths.resolve(new Mount.Bind(own, "/opt/warren", true))).isEqualTo(own);
    assertThat(paths.resolve(new Mount.Bind(own, "/run/warren/socket", false))).isEqualTo(own);
    assertThatThrownBy(() -> paths.resolve(new Mount.Bind(own, "/opt/warren2", true)))
        .hasMessageContaining("never mounted");
    assertThatThrownBy(() -> paths.resolve(new Mount.Bind(state, "/opt/warren", true)))
        .hasMessageContaining("never mounted");
  }

  @Test
  void absenceIsSaid() {
    assertThatThrownBy(() -> paths.resolve(bind(directory.resolve("absent"))))
        .isInstanceOfSatisfying(
            SandboxException.class, e -> assertThat(e.code()).isEqualTo(Code.NOT_FOUND));
  }
}
