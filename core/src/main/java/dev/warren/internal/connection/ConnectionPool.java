package dev.warren.internal.connection;

import dev.warren.BotId;
import dev.warren.SandboxException;
import dev.warren.SandboxException.Code;
import dev.warren.internal.connection.SharedCall.Abandoned;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * One connection for each running sandbox, shared by all callers, opened once however many ask for
 * it, and closed when it was idle for a while, replaced or evicted; never under a lease.
 *
 * <p>The monitor guards the table and the counts; it is never held while connecting or closing.
 * Thread-safe.
 */
public final class ConnectionPool implements AutoCloseable {
  private final Function<BotId, BridgeConnection> connect;
  private final Duration idleTime;
  private final Map<BotId, Slot> slots = new HashMap<>();
  private boolean closed;

  public ConnectionPool(Function<BotId, BridgeConnection> connect, Duration idleTime) {
    this.connect = connect;
    this.idleTime = idleTime;
  }

  /** The pool as one bot's calls see it. */
  public ConnectionSource source(BotId bot) {
    return operation -> lease(operation, bot);
  }

  /**
   * Borrows the connection of a bot, opening it where there is none.
   *
   * @throws SandboxException those of connecting; {@code CLOSED}
   */
  public ConnectionSource.Lease lease(String operation, BotId bot) {
    while (true) {
      Slot slot = reserve(operation, bot);
      boolean leased = false;
      try {
        BridgeConnection connection = slot.connection.get(() -> connect.apply(bot));
        if (connection.isUsable()) {
          leased = true;
          return new PooledLease(bot, slot, connection);
        }
        drop(bot, slot); // it broke while nobody used it
      } catch (Abandoned e) {
        drop(bot, slot); // begin anew
      } catch (RuntimeException e) {
        drop(bot, slot);
        throw e;
      } finally {
        if (!leased) {
          release(slot);
        }
      }
    }
  }

  /** Forgets the bot's connection; calls that use it go on, and fail if the bridge is gone. */
  public void evict(BotId bot) {
    Slot old;
    synchronized (slots) {
      old = slots.remove(bot);
    }
    retire(old);
  }

  /** Closes what nobody has used for the idle time. */
  public void evictIdle() {
    List<Slot> idle = new ArrayList<>();
    long limit = System.nanoTime() - idleTime.toNanos();
    synchronized (slots) {
      slots
          .values()
          .removeIf(
              slot -> {
                boolean old = slot.leases == 0 && slot.lastUsed - limit < 0;
                if (old) {
                  idle.add(slot);
                }
                return old;
              });
    }
    idle.forEach(this::retire);
  }

  @Override
  public void close() {
    List<Slot> all;
    synchronized (slots) {
      closed = true;
      all = List.copyOf(slots.values());
      slots.clear();
    }
    all.forEach(Slot::close);
  }

  private Slot reserve(String operation, BotId bot) {
    synchronized (slots) {
      if (closed) {
        throw SandboxException.of(Code.CLOSED, operation, bot.value())
            .detail("the manager was closed")
            .build();
      }
      Slot slot = slots.computeIfAbsent(bot, unused -> new Slot());
      slot.leases++;
      return slot;
    }
  }

  private void release(Slot slot) {
    boolean last;
    synchronized (slots) {
      slot.leases--;
      slot.lastUsed = System.nanoTime();
      last = slot.retired && slot.leases == 0;
    }
    if (last) {
      slot.close();
    }
  }

  private void drop(BotId bot, Slot slot) {
    synchronized (slots) {
      slots.remove(bot, slot);
      slot.retired = true;
    }
  }

  private void retire(@Nullable Slot slot) {
    if (slot == null) {
      return;
    }
    boolean unused;
    synchronized (slots) {
      slot.retired = true;
      unused = slot.leases == 0;
    }
    if (unused) {
      slot.close();
    }
  }

  /** A place for one connection. Its counts are guarded by the pool's monitor. */
  private static final class Slot {
    private final SharedCall<BridgeConnection> connection = new SharedCall<>();
    private int leases;
    private long lastUsed = System.nanoTime();
    private boolean retired;

    private void close() {
      connection.whenDone(
          (opened, failure) -> {
            if (opened != null) {
              opened.close();
            }
          });
    }
  }

  private final class PooledLease implements ConnectionSource.Lease {
    private final BotId bot;
    private final Slot slot;
    private final BridgeConnection connection;
    private boolean open = true;

    private PooledLease(BotId bot, Slot slot, BridgeConnection connection) {
      this.bot = bot;
      this.slot = slot;
      this.connection = connection;
    }

    @Override
    public BridgeConnection connection() {
      return connection;
    }

    @Override
    public void invalidate() {
      drop(bot, slot);
    }

    @Override
    public void close() {
      synchronized (this) {
        if (!open) {
          return;
        }
        open = false;
      }
      release(slot);
    }
  }
}
