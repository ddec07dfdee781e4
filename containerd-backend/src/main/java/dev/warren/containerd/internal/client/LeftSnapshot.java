package dev.warren.containerd.internal.client;

import io.grpc.StatusRuntimeException;
import java.time.Duration;
import java.util.function.Supplier;
import java.util.regex.Pattern;

/**
 * A daemon that is killed while it makes a snapshot leaves its directory and no note of it. The
 * next snapshot, whosever it is, gets the same number and finds the directory in its way. The
 * daemon removes it when it gives up, so the call that follows succeeds.
 *
 * <p>Its collector removes such directories too, by a list that it made before: one made anew in
 * between would be taken for the old one, and the snapshot lose its files. So a run of the
 * collector is awaited first.
 */
public final class LeftSnapshot {
  private static final Duration LONGEST = Duration.ofMinutes(5);
  private static final Pattern IN_THE_WAY =
      Pattern.compile("failed to rename: rename .*: file exists");

  private LeftSnapshot() {}

  /** Makes a snapshot, again if the first call did no more than to clear the way. */
  public static <T> T overcome(ContainerdClient client, Supplier<T> making) {
    try {
      return making.get();
    } catch (StatusRuntimeException e) {
      if (!IN_THE_WAY.matcher(ContainerdErrors.daemonText(e)).find()) {
        throw e;
      }
      client.leases().acquire(LONGEST).delete(true);
      return making.get();
    }
  }
}
