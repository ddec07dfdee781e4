package dev.warren.mcp;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Remembers which {@linkplain McpEra family} a server belongs to, so that it is asked once and not
 * at each start. Entries are hints: a session that finds one wrong asks the server and corrects it.
 * Implementations are thread-safe and do not throw.
 */
public interface McpEraCache {

  /**
   * What is known of a server.
   *
   * @param server the caller's name for a server's configuration: image, command, arguments
   */
  Optional<McpEra> find(String server);

  void remember(String server, McpEra era);

  void forget(String server);

  /** One in memory that keeps the 1,000 servers used last. */
  static McpEraCache inMemory() {
    Map<String, McpEra> known =
        new LinkedHashMap<>(16, 0.75f, true) {
          private static final long serialVersionUID = 1L;

          @Override
          protected boolean removeEldestEntry(Map.Entry<String, McpEra> eldest) {
            return size() > 1_000;
          }
        };
    return new McpEraCache() {
      @Override
      public Optional<McpEra> find(String server) {
        synchronized (known) {
          return Optional.ofNullable(known.get(server));
        }
      }

      @Override
      public void remember(String server, McpEra era) {
        synchronized (known) {
          known.put(server, era);
        }
      }

      @Override
      public void forget(String server) {
        synchronized (known) {
          known.remove(server);
        }
      }
    };
  }
}
