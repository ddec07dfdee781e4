package dev.warren.testkit.internal.contract;

import static dev.warren.testkit.internal.contract.ContractBench.fails;
import static org.assertj.core.api.Assertions.assertThat;

import dev.warren.SandboxException.Code;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** Cases of {@link dev.warren.spi.Containers#delete}. */
public abstract class DeleteCases extends ContractCases {

  protected DeleteCases(ContractBench bench) {
    super(bench);
  }

  /** "Deletes a container and its writable layer" */
  @Test
  void delete_stopped_losesItsData() {
    String id = bench.create(bench.appendAndShow());
    assertThat(bench.linesAfterRun(id)).isEqualTo(1);
    containers().delete(id);
    assertThat(containers().get(id)).isEmpty();
    containers().create(bench.spec(id, bench.appendAndShow()).build());
    assertThat(bench.linesAfterRun(id)).isEqualTo(1);
  }

  /** "A task that runs is killed first." */
  @Test
  void delete_running_killsIt() {
    String id = bench.startSleeper();
    long pid = tasks().get(id).orElseThrow().pid();
    containers().delete(id);
    assertThat(containers().get(id)).isEmpty();
    assertThat(tasks().get(id)).isEmpty();
    assertThat(runs(pid)).as("the process is gone").isFalse();
  }

  /** One that has ended may wait for a while until its parent asks for it; it does not run then. */
  private static boolean runs(long pid) {
    try {
      String stat =
          Files.readString(Path.of("/proc/" + pid + "/stat"), StandardCharsets.ISO_8859_1);
      return !stat.substring(stat.lastIndexOf(')')).startsWith(") Z");
    } catch (IOException e) {
      return false;
    }
  }

  /** "Deleting what is absent succeeds" */
  @Test
  void delete_absent_succeeds() {
    String id = bench.create(settings().sleepForever());
    containers().delete(id);
    containers().delete(id);
    containers().delete(bench.id());
    assertThat(containers().get(id)).isEmpty();
  }

  /** "its network attachment and its logs" */
  @Test
  void delete_ended_removesTaskAndLogs() {
    String id = bench.create(settings().print().apply("secret"));
    bench.runToEnd(id);
    containers().delete(id);
    assertThat(tasks().get(id)).isEmpty();
    fails(Code.NOT_FOUND, () -> bench.log(id));
    containers().create(bench.spec(id, settings().sleepForever()).build());
    fails(Code.NOT_FOUND, () -> bench.log(id));
  }

  @Test
  void delete_one_leavesTheOthers() {
    String gone = bench.create(settings().sleepForever());
    String stays = bench.startSleeper();
    containers().delete(gone);
    assertThat(tasks().get(stays).orElseThrow().running()).isTrue();
  }
}
