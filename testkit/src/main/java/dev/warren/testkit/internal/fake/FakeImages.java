package dev.warren.testkit.internal.fake;

import dev.warren.ImageRef;
import dev.warren.PullOptions;
import dev.warren.PullProgress;
import dev.warren.PullProgress.Phase;
import dev.warren.spi.Image;
import dev.warren.spi.Images;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** The fake's images: names and digests, taken from a registry in memory. Thread-safe. */
public final class FakeImages implements Images {
  private static final long SIZE = 1 << 20;

  private final FakeEngine engine;
  private final Gate gate;
  private final Function<ImageRef, String> registry;

  /**
   * @param registry gives the digest of a reference, or throws
   */
  public FakeImages(FakeEngine engine, Gate gate, Function<ImageRef, String> registry) {
    this.engine = engine;
    this.gate = gate;
    this.registry = registry;
  }

  @Override
  public Image pull(ImageRef ref, PullOptions options) {
    gate.enter("images.pull", ref.toString());
    report(ref, options, Phase.RESOLVING);
    Image image = new Image(ref, registry.apply(ref), SIZE);
    Image before = engine.images().put(ref.toString(), image);
    report(ref, options, image.equals(before) ? Phase.EXISTS : Phase.DOWNLOADED);
    report(ref, options, Phase.DONE);
    return image;
  }

  @Override
  public Optional<Image> get(ImageRef ref) {
    gate.enter("images.get", ref.toString());
    return Optional.ofNullable(engine.images().get(ref.toString()));
  }

  @Override
  public List<Image> list() {
    gate.enter("images.list", "");
    return List.copyOf(engine.images().values());
  }

  @Override
  public void delete(ImageRef ref) {
    gate.enter("images.delete", ref.toString());
    engine.images().remove(ref.toString());
  }

  @Override
  public String resolveDigest(ImageRef ref, PullOptions options) {
    gate.enter("images.resolveDigest", ref.toString());
    return registry.apply(ref);
  }

  private static void report(ImageRef ref, PullOptions options, Phase phase) {
    long done = phase == Phase.RESOLVING ? 0 : SIZE;
    options.progress().accept(new PullProgress(ref.toString(), phase, done, SIZE));
  }
}
