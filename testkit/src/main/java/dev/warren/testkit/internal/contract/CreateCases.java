package dev.warren.testkit.internal.contract;

import static dev.warren.testkit.internal.contract.ContractBench.fails;
import static org.assertj.core.api.Assertions.assertThat;

import dev.warren.ImageRef;
import dev.warren.Mount;
import dev.warren.SandboxException;
import dev.warren.SandboxException.Code;
import dev.warren.spi.ContainerInfo;
import dev.warren.spi.ContainerSpec;
import dev.warren.spi.RuntimeInfo.Capability;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Cases of {@link dev.warren.spi.Containers#create}. */
public abstract class CreateCases extends ContractCases {

  protected CreateCases(ContractBench bench) {
    super(bench);
  }

  /** "Makes a container and its writable layer, without starting it." */
  @Test
  void create_newId_makesContainerWithoutTask() {
    String id = bench.create(settings().sleepForever());
    assertThat(containers().get(id)).isPresent();
    assertThat(tasks().get(id).filter(task -> task.running())).isEmpty();
  }

  @Test
  void create_newId_tellsWhatWasMade() {
    String id = bench.id();
    Instant before = Instant.now().minus(Duration.ofMinutes(1));
    ContainerInfo made =
        containers().create(bench.spec(id, settings().print().apply("hi")).build());
    assertThat(made.id()).isEqualTo(id);
    assertThat(made.created()).isBetween(before, Instant.now().plus(Duration.ofMinutes(1)));
    assertThat(containers().get(id)).contains(made);
  }

  @Test
  void create_withImages_keepsTheImagesName() {
    bench.assume(Capability.IMAGES);
    String id = bench.create(settings().sleepForever());
    assertThat(containers().get(id).orElseThrow().image()).isEqualTo(settings().image().toString());
  }

  /** "ALREADY_EXISTS when there is a container of this id" */
  @Test
  void create_takenId_isAlreadyExists() {
    String id = bench.create(settings().sleepForever());
    fails(
        Code.ALREADY_EXISTS,
        () -> containers().create(bench.spec(id, settings().sleepForever()).build()));
  }

  /** "it and its layer stay untouched" */
  @Test
  void create_takenId_leavesItsDataAndLabelsUntouched() {
    String id = bench.create(bench.appendAndShow());
    assertThat(bench.linesAfterRun(id)).isEqualTo(1);
    ContainerSpec other =
        bench.spec(id, settings().exitWith().apply(3)).labels(Map.of("other", "1")).build();
    fails(Code.ALREADY_EXISTS, () -> containers().create(other));
    assertThat(containers().get(id).orElseThrow().labels()).doesNotContainKey("other");
    assertThat(bench.linesAfterRun(id)).isEqualTo(2);
  }

  @Test
  void create_idOfRunningTask_leavesItRunning() {
    String id = bench.startSleeper();
    fails(
        Code.ALREADY_EXISTS,
        () -> containers().create(bench.spec(id, settings().sleepForever()).build()));
    assertThat(tasks().get(id).orElseThrow().running()).isTrue();
  }

  /** "NOT_FOUND when the image is missing" and "A failed call leaves nothing behind" */
  @Test
  void create_missingImage_isNotFoundAndLeavesNothing() {
    bench.assume(Capability.IMAGES);
    String id = bench.id();
    ImageRef absent = ImageRef.parse("localhost/warren/absent:0");
    ContainerSpec spec = ContainerSpec.builder(id, absent, settings().sleepForever()).build();
    fails(Code.NOT_FOUND, () -> containers().create(spec));
    assertThat(containers().get(id)).isEmpty();
    runtime().snapshots().ifPresent(s -> assertThat(s.orphaned()).doesNotContain(id));
    containers().create(bench.spec(id, settings().sleepForever()).build());
  }

  /** "values this engine cannot honour UNSUPPORTED; … before anything was changed" */
  @Test
  void create_unknownSecureRuntime_failsAndLeavesNothing() {
    String id = bench.id();
    ContainerSpec spec =
        bench
            .spec(id, settings().sleepForever())
            .runtimeName(Optional.of("no-such-runtime"))
            .build();
    try {
      containers().create(spec);
      tasks().start(id);
      throw new AssertionError("a runtime that does not exist was used");
    } catch (SandboxException e) {
      assertThat(e.code()).isIn(Code.UNSUPPORTED, Code.INVALID_ARGUMENT, Code.NOT_FOUND);
    }
    assertThat(tasks().get(id).filter(task -> task.running())).isEmpty();
  }

  /** "Bind and tmpfs mounts beyond the manager's own" is a capability; "UNSUPPORTED" without. */
  @Test
  void create_withTmpfs_worksOrIsUnsupported() {
    String id = bench.id();
    ContainerSpec spec =
        bench
            .spec(id, settings().print().apply("mounted"))
            .mounts(List.of(new Mount.Tmpfs("/contract", 1 << 20)))
            .build();
    if (bench.can(Capability.MOUNTS)) {
      containers().create(spec);
      assertThat(bench.runToEnd(id).code()).isZero();
    } else {
      fails(Code.UNSUPPORTED, () -> containers().create(spec));
      assertThat(containers().get(id)).isEmpty();
    }
  }

  /** "put into the writable layer before the first start" */
  @Test
  void create_withInitialFile_layerHoldsIt(@TempDir Path directory) throws Exception {
    bench.assume(Capability.IMAGES); // without it "/" may be that of the host
    Path source = Files.writeString(directory.resolve("source"), "line\n");
    String id = bench.id();
    ContainerSpec spec =
        bench
            .spec(id, settings().appendAndShow().apply("contract.txt"))
            .files(List.of(new ContainerSpec.InitialFile("/contract.txt", 0644, source)))
            .workingDirectory("/")
            .build();
    containers().create(spec);
    assertThat(bench.linesAfterRun(id)).isEqualTo(2);
  }

  @Test
  void create_withEnvironment_commandSeesIt() {
    String id = bench.id();
    containers()
        .create(
            bench
                .spec(id, List.of("sh", "-c", "echo \"$CONTRACT\""))
                .env(Map.of("CONTRACT", "a b"))
                .build());
    assertThat(bench.runToEnd(id).code()).isZero();
    assertThat(bench.log(id)).isEqualTo("a b\n");
  }
}
