package dev.warren.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.warren.SandboxException;
import dev.warren.SandboxException.Code;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class FakeFaultsTest {
  private final FakeSandboxRuntime runtime = FakeSandboxRuntime.create();

  @AfterEach
  void destroy() {
    runtime.destroy();
  }

  @Test
  void failTimes_failsThatOften_andThenNoMore() {
    runtime.faults().failTimes("ping", 2, Code.UNAVAILABLE);
    for (int i = 0; i < 2; i++) {
      assertThatThrownBy(runtime::ping)
          .isInstanceOfSatisfying(
              SandboxException.class, e -> assertThat(e.code()).isEqualTo(Code.UNAVAILABLE));
    }
    runtime.ping();
    assertThat(runtime.faults().calls("ping")).isEqualTo(3);
  }
}
