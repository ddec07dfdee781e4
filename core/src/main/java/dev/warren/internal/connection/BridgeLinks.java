package dev.warren.internal.connection;

import dev.warren.BotId;
import dev.warren.SandboxAddress;
import dev.warren.SandboxException;
import dev.warren.SandboxException.Code;
import dev.warren.internal.concurrent.Retries;
import java.time.Duration;
import java.util.Optional;

/**
 * The connections to all bridges: where they are, and one open connection to each that is in use.
 * Thread-safe.
 */
public final class BridgeLinks implements AutoCloseable {
  private static final Duration IDLE = Duration.ofMinutes(5);

  private final BridgeLookup lookup;
  private final BridgeConnector connector;
  private final Duration timeout;
  private final AddressCache<BotId, BridgeLocation> addresses;
  private final ConnectionPool pool;

  public BridgeLinks(BridgeLookup lookup, BridgeConnector connector, Duration timeout) {
    this.lookup = lookup;
    this.connector = connector;
    this.timeout = timeout;
    this.addresses = new AddressCache<>(lookup::locate);
    this.pool = new ConnectionPool(this::connect, IDLE);
  }

  public ConnectionSource source(BotId bot) {
    return pool.source(bot);
  }

  public ConnectionSource.Lease lease(String operation, BotId bot) {
    return pool.lease(operation, bot);
  }

  public SandboxAddress address(BotId bot) {
    return addresses.get(bot).address();
  }

  /** Spares the next lease the questions to the engine whose answers are known. */
  public void learn(BotId bot, BridgeLocation location) {
    addresses.put(bot, location);
  }

  /** Drops what is known about a bot's bridge; calls in flight are not touched. */
  public void forget(BotId bot) {
    addresses.invalidate(bot);
    pool.evict(bot);
  }

  /** Drops all addresses: events may have been lost. Open connections prove themselves. */
  public void forgetAddresses() {
    addresses.invalidateAll();
  }

  public void evictIdle() {
    pool.evictIdle();
  }

  @Override
  public void close() {
    pool.close();
    connector.close();
  }

  /** A cached address that does not answer is looked up once more. */
  private BridgeConnection connect(BotId bot) {
    return Retries.BRIDGE_ADDRESS.call(
        BridgeLinks::worthTryingAgain,
        () -> {
          BridgeLocation location = addresses.get(bot);
          try {
            return connector.connect(
                location.address(),
                location.containerId(),
                Optional.of(location.fingerprint()),
                timeout,
                () -> lookup.running(location.containerId()));
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
