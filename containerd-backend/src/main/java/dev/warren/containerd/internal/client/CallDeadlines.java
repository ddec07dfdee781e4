package dev.warren.containerd.internal.client;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.MethodType;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * Gives each unary call a deadline where it has none, so that a daemon that hangs cannot hang its
 * callers. Streams and waits have none: they end with the connection.
 */
final class CallDeadlines implements ClientInterceptor {
  private static final Duration QUICK = Duration.ofSeconds(30);
  private static final Duration SLOW = Duration.ofMinutes(2);
  private static final Duration BULK = Duration.ofMinutes(30);

  /** Calls that do more than touch the daemon's database; zero means no deadline. */
  private static final Map<String, Duration> EXCEPTIONS =
      Map.ofEntries(
          Map.entry("containerd.services.tasks.v1.Tasks/Wait", Duration.ZERO),
          Map.entry("containerd.services.transfer.v1.Transfer/Transfer", Duration.ZERO),
          Map.entry("containerd.services.diff.v1.Diff/Apply", BULK),
          Map.entry("containerd.services.diff.v1.Diff/Diff", BULK),
          Map.entry("containerd.services.tasks.v1.Tasks/Create", SLOW),
          Map.entry("containerd.services.tasks.v1.Tasks/Start", SLOW),
          Map.entry("containerd.services.tasks.v1.Tasks/Delete", SLOW),
          Map.entry("containerd.services.snapshots.v1.Snapshots/Prepare", SLOW),
          Map.entry("containerd.services.snapshots.v1.Snapshots/View", SLOW),
          Map.entry("containerd.services.snapshots.v1.Snapshots/Commit", SLOW),
          Map.entry("containerd.services.snapshots.v1.Snapshots/Remove", SLOW),
          Map.entry("containerd.services.snapshots.v1.Snapshots/Usage", SLOW),
          // With sync they wait for a run of the collector.
          Map.entry("containerd.services.images.v1.Images/Delete", SLOW),
          Map.entry("containerd.services.leases.v1.Leases/Delete", SLOW));

  @Override
  public <Q, A> ClientCall<Q, A> interceptCall(
      MethodDescriptor<Q, A> method, CallOptions options, Channel next) {
    Duration limit = limit(method);
    return next.newCall(
        method,
        options.getDeadline() != null || limit.isZero()
            ? options
            : options.withDeadlineAfter(limit.toMillis(), TimeUnit.MILLISECONDS));
  }

  private static Duration limit(MethodDescriptor<?, ?> method) {
    return method.getType() == MethodType.UNARY
        ? EXCEPTIONS.getOrDefault(method.getFullMethodName(), QUICK)
        : Duration.ZERO;
  }
}
