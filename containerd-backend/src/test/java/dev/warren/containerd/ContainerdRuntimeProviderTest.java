package dev.warren.containerd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.warren.SandboxException;
import dev.warren.SandboxException.Code;
import dev.warren.StateDirectory;
import dev.warren.spi.SandboxRuntimeProvider;
import dev.warren.spi.SandboxRuntimeProvider.Availability.Unavailable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ServiceLoader;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ContainerdRuntimeProviderTest {
  @TempDir Path directory;

  private ContainerdRuntimeProvider provider(Path socket) {
    return new ContainerdRuntimeProvider(socket, CniOptions.defaults());
  }

  @Test
  void isFoundByServiceLoader() {
    assertThat(ServiceLoader.load(SandboxRuntimeProvider.class))
        .extracting(SandboxRuntimeProvider::name)
        .contains("containerd");
  }

  @Test
  void saysWhyThereIsNoEngineAndWritesNothing() throws IOException {
    Path absent = directory.resolve("no.sock");
    assertThat(provider(absent).probe())
        .isInstanceOfSatisfying(
            Unavailable.class,
            found ->
                assertThat(found.reason())
                    .contains("socket does not exist")
                    .doesNotContain(directory.toString()));
    Path file = Files.createFile(directory.resolve("file"));
    assertThat(provider(file).probe())
        .isInstanceOfSatisfying(
            Unavailable.class, found -> assertThat(found.reason()).contains("is no socket"));

    Path state = directory.resolve("state");
    assertThatThrownBy(() -> provider(absent).open(StateDirectory.at(state)))
        .isInstanceOfSatisfying(
            SandboxException.class, e -> assertThat(e.code()).isEqualTo(Code.UNAVAILABLE));
    assertThat(state).doesNotExist();
  }

  @Test
  void optionsAreChecked() {
    assertThatThrownBy(() -> CniOptions.defaults().withBridge("a/b", "10.0.0.0/16"))
        .hasMessageContaining("interface name");
    for (String bad : new String[] {"10.0.0.1/16", "10.0.0/16", "10.0.0.0/30", "300.0.0.0/8"}) {
      assertThatThrownBy(() -> CniOptions.defaults().withBridge("b", bad))
          .as(bad)
          .hasMessageContaining("subnet");
    }
    assertThatThrownBy(() -> ContainerdRuntime.builder().namespace("a/b").build())
        .hasMessageContaining("open runtime");
  }
}
