package dev.warren.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.warren.BotContainerManager;
import dev.warren.BotId;
import dev.warren.ImageRef;
import dev.warren.PullPolicy;
import dev.warren.SandboxException.Code;
import org.junit.jupiter.api.Test;

class ManagerImagesTest extends ManagerScenario {
  private static final ImageRef IMAGE = ImageRef.parse(FakeSandboxRuntime.IMAGE);

  private BotContainerManager with(PullPolicy policy) {
    return open(builder().pullPolicy(policy));
  }

  private String localDigest() {
    return runtime.images().get(IMAGE).orElseThrow().digest();
  }

  private int pulls() {
    return runtime.faults().calls("images.pull");
  }

  @Test
  void ifAbsent_absentThenPresent_pullsOnce() {
    BotContainerManager manager = with(PullPolicy.IF_ABSENT);
    manager.init();
    manager.init();
    manager.start(BotId.of("a"));
    manager.start(BotId.of("b"));
    assertThat(pulls()).isEqualTo(1);
  }

  @Test
  void ifAbsent_registryDownAndAbsent_fails() {
    runtime.registry().down(true);
    fails(Code.UNAVAILABLE, () -> with(PullPolicy.IF_ABSENT).start(BOT));
    assertNothingThere();
  }

  @Test
  void always_present_pullsEachTime() {
    BotContainerManager manager = with(PullPolicy.ALWAYS);
    manager.init();
    String digest = runtime.registry().publish(FakeSandboxRuntime.IMAGE, "newer");
    manager.init();
    assertThat(pulls()).isEqualTo(2);
    assertThat(localDigest()).isEqualTo(digest);
  }

  @Test
  void ifNewer_tagMoved_pullsThenNotAgain() {
    BotContainerManager manager = with(PullPolicy.IF_NEWER);
    manager.init();
    manager.init();
    assertThat(pulls()).isEqualTo(1);
    String digest = runtime.registry().publish(FakeSandboxRuntime.IMAGE, "newer");
    manager.init();
    manager.init();
    assertThat(pulls()).isEqualTo(2);
    assertThat(localDigest()).isEqualTo(digest);
  }

  @Test
  void ifNewer_registryDown_startsFromTheLocalImage() {
    BotContainerManager manager = with(PullPolicy.IF_NEWER);
    manager.init();
    runtime.registry().publish(FakeSandboxRuntime.IMAGE, "newer");
    runtime.registry().down(true);
    manager.start(BOT);
    assertThat(pulls()).isEqualTo(1);
  }

  @Test
  void ifNewer_registryDownAndAbsent_fails() {
    runtime.registry().down(true);
    fails(Code.UNAVAILABLE, () -> with(PullPolicy.IF_NEWER).start(BOT));
    assertNothingThere();
  }

  /** "a registry that is down is an error" */
  @Test
  void always_registryDownButPresent_fails() {
    BotContainerManager manager = with(PullPolicy.ALWAYS);
    manager.init();
    runtime.registry().down(true);
    fails(Code.UNAVAILABLE, () -> manager.start(BOT));
    assertNothingThere();
  }

  @Test
  void never_absent_isNotFoundAndNothingIsPulled() {
    fails(Code.NOT_FOUND, () -> with(PullPolicy.NEVER).start(BOT));
    assertThat(pulls()).isZero();
    assertNothingThere();
  }

  @Test
  void never_present_starts() {
    manager.init();
    with(PullPolicy.NEVER).start(BOT);
    assertThat(pulls()).isEqualTo(1);
  }
}
