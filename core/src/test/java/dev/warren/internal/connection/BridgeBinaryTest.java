package dev.warren.internal.connection;

import static dev.warren.internal.connection.BridgeTestCase.assertCode;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.warren.SandboxException.Code;
import dev.warren.StateDirectory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BridgeBinaryTest {
  @TempDir Path directory;

  @Test
  void extract_givesAProgramAnybodyMayRun() throws IOException {
    Path binary = BridgeBinary.extract(StateDirectory.at(directory));
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(binary)))
        .isEqualTo("r-xr-xr-x");
    Object inode = Files.getAttribute(binary, "unix:ino");
    assertThat(BridgeBinary.extract(StateDirectory.at(directory))).isEqualTo(binary);
    assertThat(Files.getAttribute(binary, "unix:ino")).isEqualTo(inode);
  }

  @Test
  void extract_incompleteFile_isReplaced() throws IOException {
    Path binary = BridgeBinary.extract(StateDirectory.at(directory));
    long size = Files.size(binary);
    Files.delete(binary);
    Files.writeString(binary, "half");
    BridgeBinary.extract(StateDirectory.at(directory));
    assertThat(Files.size(binary)).isEqualTo(size);
  }

  @Test
  void extract_manyAtOnce_leaveOneFile() throws IOException {
    List<CompletableFuture<Path>> all = new ArrayList<>();
    for (int i = 0; i < 6; i++) {
      all.add(
          CompletableFuture.supplyAsync(() -> BridgeBinary.extract(StateDirectory.at(directory))));
    }
    List<Path> paths = all.stream().map(CompletableFuture::join).distinct().toList();
    assertThat(paths).hasSize(1);
    try (var files = Files.list(paths.get(0).getParent())) {
      assertThat(files).hasSize(1);
    }
  }

  @Test
  void extract_unknownArchitecture_isUnsupported() {
    assertCode(Code.UNSUPPORTED, () -> BridgeBinary.extract(StateDirectory.at(directory), "s390x"));
    assertThat(BridgeBinary.architecture("aarch64")).isEqualTo("arm64");
    assertThat(BridgeBinary.architecture("x86_64")).isEqualTo("amd64");
  }

  @Test
  void extract_missingArtifact_isNamed() {
    assertThatThrownBy(
            () -> BridgeBinary.extract(StateDirectory.at(directory), "amd64", "/no/such/"))
        .hasMessageContaining("dev.warren:warren-bridge");
  }
}
