package dev.warren.internal.connection;

import dev.warren.internal.connection.SharedCall.Abandoned;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.Function;

/**
 * Remembers where the bridges are. A missing address is looked up once, however many threads ask
 * for it at the same time; a failed lookup is not remembered. Thread-safe.
 *
 * @param <K> whose address
 * @param <V> the address
 */
public final class AddressCache<K, V> {
  private final ConcurrentMap<K, SharedCall<V>> entries = new ConcurrentHashMap<>();
  private final Function<K, V> lookup;

  public AddressCache(Function<K, V> lookup) {
    this.lookup = lookup;
  }

  /** The address; a failure of the lookup reaches every thread that waited for it. */
  public V get(K key) {
    while (true) {
      SharedCall<V> call = entries.computeIfAbsent(key, unused -> new SharedCall<>());
      try {
        return call.get(() -> lookup.apply(key));
      } catch (Abandoned e) {
        entries.remove(key, call);
      } catch (RuntimeException | Error e) {
        entries.remove(key, call);
        throw e;
      }
    }
  }

  /** Records an address that was learnt otherwise. */
  public void put(K key, V value) {
    entries.put(key, SharedCall.done(value));
  }

  public void invalidate(K key) {
    entries.remove(key);
  }

  public void invalidateAll() {
    entries.clear();
  }
}
