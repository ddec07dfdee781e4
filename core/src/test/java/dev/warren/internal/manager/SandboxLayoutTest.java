package dev.warren.internal.manager;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.warren.SandboxException;
import dev.warren.StateDirectory;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SandboxLayoutTest {
  private static final String ID = "warren-" + "b".repeat(63);

  @TempDir Path temp;

  @Test
  void socket_liesInTheStateDirectory_whenThePathFits() {
    SandboxLayout layout = new SandboxLayout(StateDirectory.at(temp.resolve("s")));
    assertThat(layout.socket(ID).startsWith(temp)).isTrue();
  }

  @Test
  void socket_fitsTheKernelsLimit_whateverTheStateDirectoryIsCalled() {
    Path far = temp.resolve("ä".repeat(60)).resolve("x".repeat(60));
    SandboxLayout layout = new SandboxLayout(StateDirectory.at(far), "/tmp");
    layout.prepareSocketDirectory(ID, false);
    byte[] path = layout.socket(ID).toString().getBytes(StandardCharsets.UTF_8);
    assertThat(path).hasSizeLessThanOrEqualTo(107);
    assertThat(layout.socketDirectory(ID)).isDirectory();
    layout.remove(ID);
    assertThat(layout.socketDirectory(ID)).doesNotExist();
  }

  @Test
  void prepareSocketDirectory_refusesADirectoryThatOthersCanOpen() throws IOException {
    Path far = temp.resolve("x".repeat(120));
    SandboxLayout layout = new SandboxLayout(StateDirectory.at(far), temp.toString());
    Path parent = layout.socketDirectory(ID).getParent();
    Files.createDirectory(parent);
    Files.setPosixFilePermissions(parent, PosixFilePermissions.fromString("rwxrwxrwx"));
    assertThatThrownBy(() -> layout.prepareSocketDirectory(ID, false))
        .isInstanceOf(SandboxException.class)
        .hasMessageContaining("belongs to somebody else");
  }

  @Test
  void install_replacesTheBridge_whileTheOldOneLivesOnWhereItRuns() throws IOException {
    SandboxLayout layout = new SandboxLayout(StateDirectory.at(temp.resolve("state")));
    Path first = Files.writeString(temp.resolve("v1"), "one");
    Path second = Files.writeString(temp.resolve("v2"), "two");
    layout.install(ID, first);
    layout.install(ID, first);
    assertThat(layout.bridge(ID)).hasContent("one");
    assertThat(Files.isSameFile(layout.bridge(ID), first)).isTrue();
    layout.install(ID, second);
    assertThat(layout.bridge(ID)).hasContent("two");
    assertThat(first).hasContent("one");
    assertThat(layout.bridge(ID).getParent()).isDirectoryNotContaining("glob:**/bridge.*");
  }

  @Test
  void discardData_takesItAwayAtOnce_andPurgeFreesIt() throws IOException {
    SandboxLayout layout = new SandboxLayout(StateDirectory.at(temp.resolve("state")));
    layout.prepareData(ID);
    Files.writeString(layout.data(ID).resolve("notes.txt"), "hello");
    layout.discardData(ID);
    assertThat(layout.data(ID)).doesNotExist();
    layout.discardData(ID);
    layout.purge();
    assertThat(temp.resolve("state/trash")).isEmptyDirectory();
  }
}
