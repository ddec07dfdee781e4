package dev.warren.internal.manager;

import dev.warren.BotId;
import dev.warren.SandboxAddress;
import dev.warren.SandboxException;
import dev.warren.SandboxException.Code;
import dev.warren.internal.connection.BridgeConnection;
import dev.warren.internal.connection.BridgeConnector;
import dev.warren.internal.connection.ConnectionSource;
import dev.warren.internal.manager.BridgeLocator.Located;
import io.github.resilience4j.core.IntervalFunction;
import io.github.resilience4j.retry.Retry;
import io.github.resilience4j.retry.RetryConfig;
import java.time.Duration;
import java.util.Optional;

/**
 * The connections to all bridges: where they are, and one open connection to each that is in use.
 * Thread-safe.
 */
public final class BridgeLinks implements AutoCloseable {
  private static final Duration IDLE = Duration.ofMinutes(5);
  private static final int ATTEMPTS = 2;
  private static final long FIRST_PAUSE_MILLIS = 100;

  private final BridgeLocator locator;
  private final BridgeConnector connector;
  private final Duration timeout;
  private final AddressCache<BotId, Located> addresses;
  private final ConnectionPool pool;
  private final Retry retry;

  BridgeLinks(BridgeLocator locator, BridgeConnector connector, Duration timeout) {
    this.locator = locator;
    this.connector = connector;
    this.timeout = timeout;
    this.addresses = new AddressCache<>(locator::locate);
    this.pool = new ConnectionPool(this::connect, IDLE);
    this.retry =
        Retry.of(
            "warren-bridge",
            RetryConfig.custom()
                .maxAttempts(ATTEMPTS)
                .intervalFunction(IntervalFunction.ofExponentialBackoff(FIRST_PAUSE_MILLIS))
                .retryOnException(BridgeLinks::worthTryingAgain)
                .build());
  }

  public ConnectionSource source(BotId bot) {
    return pool.source(bot);
  }

  ConnectionSource.Lease lease(String operation, BotId bot) {
    return pool.lease(operation, bot);
  }

  SandboxAddress address(BotId bot) {
    return addresses.get(bot).address();
  }

  /** Spares the next lease the questions to the engine whose answers are known. */
  void learn(BotId bot, Located located) {
    addresses.put(bot, located);
  }

  /** Drops what is known about a bot's bridge; calls in flight are not touched. */
  void forget(BotId bot) {
    addresses.invalidate(bot);
    pool.evict(bot);
  }

  /** Drops all addresses: events may have been lost. Open connections prove themselves. */
  void forgetAddresses() {
    addresses.invalidateAll();
  }

  void evictIdle() {
    pool.evictIdle();
  }

  @Override
  public void close() {
    pool.close();
    connector.close();
  }

  /** A cached address that does not answer is looked up once more. */
  private BridgeConnection connect(BotId bot) {
    return retry.executeSupplier(
        () -> {
          Located located = addresses.get(bot);
          try {
            return connector.connect(
                located.address(),
                located.containerId(),
                Optional.of(located.boot().fingerprint()),
                timeout,
                () -> locator.running(located.containerId()));
          } catch (SandboxException e) {
            addresses.invalidate(bot);
            throw e;
          }
        });
  }

  /** Also a refusal: the address may have become somebody else's since it was cached. */
  private static boolean worthTryingAgain(Throwable failure) {
    return failure instanceof SandboxException e
        && (e.code() == Code.UNAVAILABLE
            || e.code() == Code.PERMISSION_DENIED
            || e.code() == Code.CONFLICT)
        && !Thread.currentThread().isInterrupted();
  }
}
