package dev.warren.testkit.internal.contract;

import static dev.warren.testkit.internal.contract.ContractBench.fails;
import static org.assertj.core.api.Assertions.assertThat;

import dev.warren.SandboxException;
import dev.warren.SandboxException.Code;
import dev.warren.spi.ContainerSpec;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Cases of what errors say. */
public abstract class ErrorCases extends ContractCases {

  protected ErrorCases(ContractBench bench) {
    super(bench);
  }

  /** "The message has the form operation subject (backend): detail; remedy." */
  @Test
  void error_ofARuntime_namesOperationSubjectAndBackend() {
    String id = bench.id();
    SandboxException error = fails(Code.NOT_FOUND, () -> tasks().start(id));
    assertThat(error.backend()).contains(runtime().info().name());
    assertThat(error.operation()).isNotBlank();
    assertThat(error.getMessage()).contains(id).contains("(" + runtime().info().name() + "): ");
  }

  /** "It never holds a path of the host" */
  @Test
  void errors_ofARuntime_holdNoPathOfTheHost() {
    String taken = bench.create(List.of("/no/such/command"));
    String state = runtime().stateDirectory().path().toString();
    assertThat(
            List.of(
                fails(Code.NOT_FOUND, () -> tasks().start(bench.id())),
                fails(Code.NOT_FOUND, () -> tasks().start(taken)),
                fails(Code.NOT_FOUND, () -> tasks().logs(bench.id())),
                fails(
                    Code.ALREADY_EXISTS,
                    () ->
                        containers().create(bench.spec(taken, settings().sleepForever()).build()))))
        .noneMatch(error -> error.getMessage().contains(state));
  }

  /** "{@code [A-Za-z0-9]+([._-][A-Za-z0-9]+)*}, at most 76" */
  @Test
  void spec_malformedId_isInvalid() {
    for (String id : List.of("", "-a", "a-", "a--b", "a/b", "../a", "a b", "a".repeat(77))) {
      fails(
          Code.INVALID_ARGUMENT,
          () -> ContainerSpec.builder(id, settings().image(), settings().sleepForever()).build());
    }
    fails(
        Code.INVALID_ARGUMENT,
        () -> ContainerSpec.builder("a", settings().image(), List.of()).build());
  }

  /** "at most 76" */
  @Test
  void create_longestId_works() {
    String id = bench.id();
    String longest = id + "x".repeat(76 - id.length());
    containers().create(bench.spec(longest, settings().print().apply("long")).build());
    try {
      assertThat(bench.runToEnd(longest).code()).isZero();
      assertThat(bench.log(longest)).isEqualTo("long\n");
    } finally {
      containers().delete(longest);
    }
    assertThat(containers().get(longest)).isEmpty();
  }
}
