package dev.warren.internal.connection;

import io.grpc.Channel;
import io.grpc.ManagedChannel;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/**
 * A checked connection to one instance of one sandbox's bridge. It carries any number of calls at a
 * time and, once lost, is not made anew. Thread-safe.
 */
public final class BridgeConnection implements AutoCloseable {
  private static final long CLOSE_SECONDS = 2;

  private final ManagedChannel channel;
  private final ConnectorThreads threads;
  private final BooleanSupplier connected;
  private final String instance;
  private final String bridgeVersion;
  private final Set<String> features;

  BridgeConnection(
      ManagedChannel channel,
      ConnectorThreads threads,
      BooleanSupplier connected,
      String instance,
      String bridgeVersion,
      Set<String> features) {
    this.channel = channel;
    this.threads = threads;
    this.connected = connected;
    this.instance = instance;
    this.bridgeVersion = bridgeVersion;
    this.features = Set.copyOf(features);
  }

  /** The boot of the bridge that answered; another one after each restart of the sandbox. */
  public String instance() {
    return instance;
  }

  public String bridgeVersion() {
    return bridgeVersion;
  }

  /** What this bridge found that it can use, such as {@code openat2} or {@code cgroup}. */
  public Set<String> features() {
    return features;
  }

  /** Whether a call may succeed; false means that it is lost for good. */
  public boolean isUsable() {
    return !channel.isShutdown() && connected.getAsBoolean();
  }

  public Channel channel() {
    return channel;
  }

  public ConnectorThreads threads() {
    return threads;
  }

  /** Ends the calls under way with {@code UNAVAILABLE}; waits at most two seconds. */
  @Override
  public void close() {
    channel.shutdownNow();
    try {
      channel.awaitTermination(CLOSE_SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public String toString() {
    return "BridgeConnection[" + instance + "]";
  }
}
