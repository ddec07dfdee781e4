package dev.warren.containerd;

import static org.assertj.core.api.Assertions.assertThat;

import dev.warren.StateDirectory;
import dev.warren.containerd.internal.files.ContainerFiles;
import dev.warren.containerd.internal.network.Attachments;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A network of the user's own, with a plugin that only answers. */
class CniOptionsTest {
  @TempDir Path directory;
  private CniOptions options;

  @BeforeEach
  void listOfOurOwn() throws IOException {
    Path list =
        Files.writeString(
            directory.resolve("ours.conflist"),
            """
            {"name": "ours", "cniVersion": "0.4.0", "plugins": [{"type": "ours", "mtu": 1400}]}
            """);
    Path plugin =
        Files.writeString(
            directory.resolve("ours"),
            """
            #!/bin/sh
            cat > %s/asked
            echo '{"cniVersion": "0.4.0", "ips": [{"version": "4", "address": "10.9.0.2/24"}]}'
            """
                .formatted(directory));
    Files.setPosixFilePermissions(plugin, PosixFilePermissions.fromString("rwxr-xr-x"));
    options = CniOptions.defaults().withBinDirectories(directory).withConflist(list);
  }

  private Attachments attachments() {
    StateDirectory state = StateDirectory.at(directory.resolve("state"));
    return new Attachments(
        options.settings(),
        new ContainerFiles(state, "test"),
        "test",
        task -> new Thread(task).start());
  }

  @Test
  void conflist_isExecutedInsteadOfTheBridge() throws IOException {
    String address = attachments().attach("a", ProcessHandle.current().pid(), false);
    assertThat(address).isEqualTo("10.9.0.2");
    assertThat(directory.resolve("asked")).content().contains("\"mtu\":1400", "\"name\":\"ours\"");
  }

  @Test
  void conflist_asksForItsOwnPluginsOnly() {
    assertThat(Attachments.missing(options.settings())).isEmpty();
  }
}
