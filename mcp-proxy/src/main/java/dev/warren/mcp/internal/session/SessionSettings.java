package dev.warren.mcp.internal.session;

import dev.warren.mcp.Json;
import dev.warren.mcp.McpEraCache;
import dev.warren.mcp.McpEraPolicy;
import dev.warren.mcp.McpImplementation;
import dev.warren.mcp.McpLimits;
import dev.warren.mcp.McpListener;
import dev.warren.mcp.McpRequestHandler;
import dev.warren.mcp.McpRestartPolicy;
import dev.warren.mcp.channel.StdioTransport;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;

/**
 * Everything a conversation is made with.
 *
 * @param server the name of the server's configuration in the cache
 * @param capabilities of the client, as they stand on the wire
 * @param handlers by the server's method
 */
public record SessionSettings(
    StdioTransport transport,
    McpEraPolicy mode,
    McpEraCache cache,
    String server,
    McpImplementation client,
    Json capabilities,
    Map<String, McpRequestHandler> handlers,
    List<McpListener> listeners,
    Timeouts timeouts,
    McpRestartPolicy restart,
    McpLimits limits,
    boolean checkCapabilities) {

  /** How long things may take. */
  public record Timeouts(
      Duration request,
      Duration maxTotal,
      Duration startup,
      Duration probe,
      Duration handler,
      Duration close) {
    private static final Timeouts DEFAULTS =
        new Timeouts(
            Duration.ofSeconds(60),
            Duration.ofMinutes(10),
            Duration.ofSeconds(60),
            Duration.ofSeconds(5),
            Duration.ofMinutes(5),
            Duration.ofSeconds(2));

    public Timeouts withRequest(Duration value) {
      return new Timeouts(value, maxTotal, startup, probe, handler, close);
    }

    public Timeouts withMaxTotal(Duration value) {
      return new Timeouts(request, value, startup, probe, handler, close);
    }

    public Timeouts withStartup(Duration value) {
      return new Timeouts(request, maxTotal, value, probe, handler, close);
    }

    public Timeouts withProbe(Duration value) {
      return new Timeouts(request, maxTotal, startup, value, handler, close);
    }

    public Timeouts withHandler(Duration value) {
      return new Timeouts(request, maxTotal, startup, probe, value, close);
    }

    public Timeouts withClose(Duration value) {
      return new Timeouts(request, maxTotal, startup, probe, handler, value);
    }
  }

  public SessionSettings {
    handlers = Map.copyOf(handlers);
    listeners = List.copyOf(listeners);
  }

  public static Builder builder(StdioTransport transport) {
    return new Builder(transport);
  }

  /** Collects them. Not thread-safe. */
  public static final class Builder {
    private final StdioTransport transport;
    private final List<McpListener> listeners = new ArrayList<>();
    private McpEraPolicy mode = McpEraPolicy.DETECT;
    private McpEraCache cache = McpEraCache.inMemory();
    private String server = "";
    private McpImplementation client = McpImplementation.of("warren", "0.1");
    private Timeouts timeouts = Timeouts.DEFAULTS;
    private McpRestartPolicy restart = McpRestartPolicy.onDemand();
    private McpLimits limits = McpLimits.defaults();
    private boolean checkCapabilities = true;

    private Builder(StdioTransport transport) {
      this.transport = transport;
    }

    public void mode(McpEraPolicy value) {
      mode = value;
    }

    public void cache(McpEraCache value, String name) {
      cache = value;
      server = name;
    }

    public void client(McpImplementation value) {
      client = value;
    }

    /** Replaces some of the times. */
    public void timeouts(UnaryOperator<Timeouts> change) {
      timeouts = change.apply(timeouts);
    }

    public void restart(McpRestartPolicy value) {
      restart = value;
    }

    public void limits(McpLimits value) {
      limits = value;
    }

    public void checkCapabilities(boolean value) {
      checkCapabilities = value;
    }

    public void listener(McpListener value) {
      listeners.add(value);
    }

    public SessionSettings build(Json capabilities, Map<String, McpRequestHandler> handlers) {
      return new SessionSettings(
          transport,
          mode,
          cache,
          server,
          client,
          capabilities,
          handlers,
          listeners,
          timeouts,
          restart,
          limits,
          checkCapabilities);
    }
  }
}
