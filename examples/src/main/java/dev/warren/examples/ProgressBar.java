package dev.warren.examples;

import dev.warren.PullProgress;
import java.util.function.Consumer;

/** Prints the progress of a pull, a line for each step. */
final class ProgressBar implements Consumer<PullProgress> {
  @Override
  public synchronized void accept(PullProgress progress) {
    String size =
        progress.totalBytes() > 0
            ? String.format(
                " %d of %d KiB", progress.doneBytes() / 1024, progress.totalBytes() / 1024)
            : "";
    System.out.printf("   pull %s: %s%s%n", progress.item(), progress.phase(), size);
  }
}
