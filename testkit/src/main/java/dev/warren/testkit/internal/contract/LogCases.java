package dev.warren.testkit.internal.contract;

import static dev.warren.testkit.internal.contract.ContractBench.fails;
import static org.assertj.core.api.Assertions.assertThat;

import dev.warren.SandboxException.Code;
import dev.warren.testkit.Eventually;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Cases of {@link dev.warren.spi.Tasks#logs}. */
public abstract class LogCases extends ContractCases {

  protected LogCases(ContractBench bench) {
    super(bench);
  }

  /** "The output of the current or last task since its start" */
  @Test
  void logs_ended_holdItsOutputExactly() {
    String id = bench.create(settings().print().apply("grüße  'a' \"b\""));
    bench.runToEnd(id);
    assertThat(bench.log(id)).isEqualTo("grüße  'a' \"b\"\n");
  }

  /** "both streams together" */
  @Test
  void logs_ended_holdBothStreams() {
    String id = bench.create(List.of("sh", "-c", "echo out; echo err >&2"));
    bench.runToEnd(id);
    assertThat(bench.log(id).lines()).containsExactlyInAnyOrder("out", "err");
  }

  /** "The stream ends at the end of what is there now." */
  @Test
  void logs_running_endAtWhatIsThere() {
    String id = bench.start(settings().sleepForever());
    Eventually.soon().until("it wrote", () -> bench.log(id).equals("ready\n"));
    assertThat(tasks().get(id).orElseThrow().running()).isTrue();
  }

  /** "since its start" */
  @Test
  void logs_restarted_beginAnew() {
    String id = bench.create(settings().print().apply("once"));
    bench.runToEnd(id);
    bench.runToEnd(id);
    assertThat(bench.log(id)).isEqualTo("once\n");
  }

  /** "NOT_FOUND when the container never ran" */
  @Test
  void logs_neverRan_areNotFound() {
    String created = bench.create(settings().sleepForever());
    fails(Code.NOT_FOUND, () -> bench.log(created));
    fails(Code.NOT_FOUND, () -> bench.log(bench.id()));
  }
}
