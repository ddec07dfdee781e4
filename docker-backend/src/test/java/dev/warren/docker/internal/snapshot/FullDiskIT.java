package dev.warren.docker.internal.snapshot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.warren.ImageRef;
import dev.warren.Network;
import dev.warren.PullOptions;
import dev.warren.SandboxException;
import dev.warren.SandboxException.Code;
import dev.warren.StateDirectory;
import dev.warren.docker.DockerDaemon;
import dev.warren.docker.EngineUnderTest;
import dev.warren.spi.ContainerSpec;
import dev.warren.spi.SandboxRuntime;
import dev.warren.spi.Snapshots;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** An engine whose disk is full. */
@Tag("engine")
class FullDiskIT {
  private static final ImageRef IMAGE = ImageRef.parse(EngineUnderTest.local().image());

  @TempDir Path state;

  private static void isExhausted(ThrowingCallable call) {
    Throwable failure = catchThrowable(call);
    assertThat(failure).isInstanceOf(SandboxException.class);
    assertThat(((SandboxException) failure).code())
        .as(failure.toString())
        .isEqualTo(Code.RESOURCE_EXHAUSTED);
  }

  private void on(String size, java.util.function.Consumer<SandboxRuntime> test) throws Exception {
    Path directory = Files.createTempDirectory("warren-small");
    Path data = Files.createDirectory(directory.resolve("data"));
    assertThat(
            DockerDaemon.shell(
                "mount", "-t", "tmpfs", "-o", "size=" + size, "none", data.toString()))
        .isEmpty();
    try (DockerDaemon daemon = DockerDaemon.start(directory, data);
        SandboxRuntime runtime =
            daemon.builder("full").stateDirectory(StateDirectory.at(state)).build()) {
      test.accept(runtime);
    } finally {
      DockerDaemon.shell("umount", data.toString());
      DockerDaemon.shell("rm", "-rf", "--one-file-system", directory.toString());
    }
  }

  @Test
  @Timeout(120)
  void pull_thatDoesNotFit_isExhaustedAndLeavesNothing() throws Exception {
    on(
        "2m",
        runtime -> {
          isExhausted(() -> runtime.images().pull(IMAGE, PullOptions.none()));
          assertThat(runtime.images().get(IMAGE)).isEmpty();
        });
  }

  @Test
  @Timeout(120)
  void commit_thatDoesNotFit_isExhaustedAndTheContainerStays() throws Exception {
    on(
        "16m",
        runtime -> {
          runtime.images().pull(IMAGE, PullOptions.none());
          Snapshots snapshots = runtime.snapshots().orElseThrow();
          List<String> fill = List.of("sh", "-c", "head -c 8000000 /dev/urandom > /data/f");
          runtime
              .containers()
              .create(ContainerSpec.builder("big", IMAGE, fill).network(Network.none()).build());
          runtime.tasks().start("big");
          runtime.tasks().awaitExit("big", Duration.ofSeconds(60));

          isExhausted(() -> snapshots.commit("big", "one"));
          assertThat(snapshots.list()).isEmpty();
          assertThat(snapshots.containerUsage("big").bytes()).isGreaterThanOrEqualTo(8_000_000);
        });
  }
}
