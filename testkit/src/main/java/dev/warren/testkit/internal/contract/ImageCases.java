package dev.warren.testkit.internal.contract;

import static dev.warren.testkit.internal.contract.ContractBench.fails;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.warren.ImageRef;
import dev.warren.PullOptions;
import dev.warren.PullProgress;
import dev.warren.SandboxException.Code;
import dev.warren.spi.Image;
import dev.warren.spi.RuntimeInfo.Capability;
import java.util.Comparator;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.Test;

/** Cases of {@link dev.warren.spi.Images}. */
public abstract class ImageCases extends ContractCases {
  private static final ImageRef ABSENT = ImageRef.parse("localhost/warren/absent:0");

  protected ImageCases(ContractBench bench) {
    super(bench);
  }

  /** "The local image of exactly this name." */
  @Test
  void get_presentImage_hasItsNameAndDigest() {
    bench.assume(Capability.IMAGES);
    Image image = runtime().images().get(settings().image()).orElseThrow();
    assertThat(image.ref()).isEqualTo(settings().image());
    assertThat(image.digest()).matches("sha256:[0-9a-f]{64}");
  }

  @Test
  void get_absentImage_isEmpty() {
    assertThat(runtime().images().get(ABSENT)).isEmpty();
  }

  /** "All local images, sorted by name." */
  @Test
  void list_holdsPresentImages_sortedByName() {
    bench.assume(Capability.IMAGES);
    assertThat(runtime().images().list())
        .extracting(image -> image.ref().toString())
        .contains(settings().image().toString())
        .isSortedAccordingTo(Comparator.naturalOrder());
  }

  /** "What would remove something absent … succeeds." */
  @Test
  void delete_absentImage_succeeds() {
    runtime().images().delete(ABSENT);
    assertThat(runtime().images().get(ABSENT)).isEmpty();
  }

  /** "NOT_FOUND (no such repository, tag or platform) … UNAVAILABLE (registry)" */
  @Test
  void pull_absentImage_failsAndLeavesNothing() {
    bench.assume(Capability.IMAGES);
    assertThat(codeOfPull(runtime(), ABSENT)).isIn(Code.NOT_FOUND, Code.UNAVAILABLE);
    assertThat(runtime().images().get(ABSENT)).isEmpty();
  }

  private static Code codeOfPull(dev.warren.spi.SandboxRuntime runtime, ImageRef ref) {
    try {
      runtime.images().pull(ref, PullOptions.none());
      throw new AssertionError("an image that is nowhere was pulled");
    } catch (dev.warren.SandboxException e) {
      return e.code();
    }
  }

  /** "What is present already is not fetched again." */
  @Test
  void pull_presentImage_keepsItsDigest() {
    bench.assume(Capability.IMAGES);
    assumeTrue(settings().registryAnswers(), "no registry is at hand");
    Image before = runtime().images().get(settings().image()).orElseThrow();
    Queue<PullProgress> progress = new ConcurrentLinkedQueue<>();
    Image after =
        runtime().images().pull(settings().image(), PullOptions.none().withProgress(progress::add));
    assertThat(after.digest()).isEqualTo(before.digest());
    assertThat(progress).isNotEmpty();
  }

  /** "the digest of the manifest or index" */
  @Test
  void resolveDigest_ofPulledImage_isTheLocalDigest() {
    bench.assume(Capability.IMAGES);
    assumeTrue(settings().registryAnswers(), "no registry is at hand");
    Image pulled = runtime().images().pull(settings().image(), PullOptions.none());
    assertThat(runtime().images().resolveDigest(settings().image(), PullOptions.none()))
        .isEqualTo(pulled.digest());
  }

  /** "values this engine cannot honour UNSUPPORTED" */
  @Test
  void pull_isUnsupported_exactlyWhereThereAreNoImages() {
    if (bench.can(Capability.IMAGES)) {
      assertThat(runtime().images().get(settings().image())).isPresent();
    } else {
      fails(
          Code.UNSUPPORTED, () -> runtime().images().pull(settings().image(), PullOptions.none()));
    }
  }
}
