package dev.warren.docker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.warren.testkit.ManagerContract;
import dev.warren.testkit.RuntimeFactory;
import dev.warren.testsupport.Exclusive;
import java.io.IOException;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;

/**
 * All that a manager does, where files have to be copied in: the engine's archive API is used for
 * containers that have never started, and for no other.
 */
@Tag("engine")
@Exclusive(EngineUnderTest.LOCAL)
@Tag("once")
class ArchiveRuleIT extends ManagerContract {
  private static @Nullable RecordingProxy proxy;

  static RecordingProxy proxy() {
    return Objects.requireNonNull(proxy, "the proxy");
  }

  @BeforeAll
  static void listen() throws IOException {
    proxy = new RecordingProxy(EngineUnderTest.local().socket());
  }

  @Override
  protected Class<? extends RuntimeFactory> factory() {
    return RecordedDockerRuntimeFactory.class;
  }

  @Override
  protected Optional<String> image() {
    return Optional.of(EngineUnderTest.local().image());
  }

  @AfterEach
  void noStartedContainerWasTouched() {
    assertThat(proxy().archivedAfterStart()).isEmpty();
  }

  /** Else the test has seen nothing. */
  @AfterAll
  static void archivesAndStartsWereSeen() {
    try (RecordingProxy seen = proxy()) {
      assertThat(seen.archivedAfterStart()).isEmpty();
      assertThat(seen.archivedBeforeStart()).isNotEmpty();
      assertThat(seen.started()).isNotEmpty();
    }
  }
}
