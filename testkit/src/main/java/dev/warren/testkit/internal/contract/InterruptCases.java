package dev.warren.testkit.internal.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.warren.SandboxException;
import dev.warren.SandboxException.Code;
import dev.warren.spi.Tasks.StopOptions;
import dev.warren.testkit.Eventually;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/**
 * Cases of "answers an interrupt with CANCELLED; the thread's interrupt flag is then set again".
 */
public abstract class InterruptCases extends ContractCases {
  private static final Duration HUGE = Duration.ofMinutes(10);

  protected InterruptCases(ContractBench bench) {
    super(bench);
  }

  private record Outcome(SandboxException failure, boolean flag) {}

  /** Runs a call, interrupts it once it waits, and tells how it ended. */
  private static Outcome interrupted(Runnable call) throws Exception {
    CompletableFuture<Outcome> outcome = new CompletableFuture<>();
    Thread thread =
        new Thread(
            () -> {
              try {
                call.run();
                outcome.completeExceptionally(new AssertionError("it was not interrupted"));
              } catch (SandboxException e) {
                outcome.complete(new Outcome(e, Thread.currentThread().isInterrupted()));
              } catch (RuntimeException | Error e) {
                outcome.completeExceptionally(e);
              }
            });
    thread.start();
    Eventually.soon().until("the call waits", () -> waits(thread) || outcome.isDone());
    thread.interrupt();
    return outcome.get(60, TimeUnit.SECONDS);
  }

  private static boolean waits(Thread thread) {
    Thread.State state = thread.getState();
    return state == Thread.State.WAITING || state == Thread.State.TIMED_WAITING;
  }

  @Test
  void awaitExit_interrupted_isCancelledWithTheFlagSet() throws Exception {
    String id = bench.startSleeper();
    Outcome outcome = interrupted(() -> tasks().awaitExit(id, HUGE));
    assertThat(outcome.failure().code()).isEqualTo(Code.CANCELLED);
    assertThat(outcome.flag()).isTrue();
    assertThat(tasks().get(id).orElseThrow().running()).isTrue();
  }

  @Test
  void stop_interruptedInItsGrace_isCancelledWithTheFlagSet() throws Exception {
    String id = bench.startReady(settings().ignoreTerm());
    Outcome outcome = interrupted(() -> tasks().stop(id, StopOptions.grace(HUGE)));
    assertThat(outcome.failure().code()).isEqualTo(Code.CANCELLED);
    assertThat(outcome.flag()).isTrue();
  }

  @Test
  void calls_afterAnInterrupt_workAgain() throws Exception {
    String id = bench.startSleeper();
    assertThat(interrupted(() -> tasks().awaitExit(id, HUGE)).flag()).isTrue();
    bench.kill(id);
    assertThat(tasks().awaitExit(id, ContractBench.LONG).code()).isEqualTo(137);
  }
}
