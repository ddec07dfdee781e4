package dev.warren.containerd.internal.image;

import dev.warren.PullProgress;
import dev.warren.PullProgress.Phase;
import dev.warren.containerd.internal.manifest.BlobDescriptor;
import dev.warren.containerd.internal.manifest.Sha256;
import java.util.function.Consumer;
import java.util.function.LongConsumer;

/** Tells the progress of one pull, bytes at most ten times a second for each layer. */
final class PullReporter {
  private static final long INTERVAL_NANOS = 100_000_000;

  private final String image;
  private final Consumer<PullProgress> listener;

  PullReporter(String image, Consumer<PullProgress> listener) {
    this.image = image;
    this.listener = listener;
  }

  void image(Phase phase) {
    listener.accept(new PullProgress(image, phase, 0, 0));
  }

  void layer(BlobDescriptor layer, Phase phase) {
    boolean complete = phase == Phase.DOWNLOADED || phase == Phase.EXISTS || phase == Phase.DONE;
    listener.accept(
        new PullProgress(
            Sha256.brief(layer.digest()), phase, complete ? layer.size() : 0, layer.size()));
  }

  /** For one layer's download, to be used by one thread. */
  LongConsumer bytes(BlobDescriptor layer) {
    return new LongConsumer() {
      private long last = System.nanoTime() - INTERVAL_NANOS;

      @Override
      public void accept(long done) {
        long now = System.nanoTime();
        if (now - last >= INTERVAL_NANOS) {
          last = now;
          listener.accept(
              new PullProgress(
                  Sha256.brief(layer.digest()), Phase.DOWNLOADING, done, layer.size()));
        }
      }
    };
  }

  /** Tells what the daemon says about a transfer; what is not about a layer is left out. */
  void transfer(String event, String name, long done, long total) {
    int digest = name.indexOf("sha256:");
    if (digest < 0 || !name.startsWith("layer-")) {
      return;
    }
    Phase phase =
        switch (event) {
          case "waiting", "downloading" -> Phase.DOWNLOADING;
          case "complete" -> Phase.DOWNLOADED;
          case "already exists" -> Phase.EXISTS;
          case "extracting" -> Phase.UNPACKING;
          case "extracted" -> Phase.DONE;
          default -> null;
        };
    if (phase != null) {
      listener.accept(new PullProgress(Sha256.brief(name.substring(digest)), phase, done, total));
    }
  }
}
