package dev.warren.mcp.internal.session;

import dev.warren.mcp.Json;
import dev.warren.mcp.McpImplementation;
import dev.warren.mcp.McpLogLevel;
import dev.warren.mcp.McpRevision;
import dev.warren.mcp.internal.message.Envelope;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Adds to each request of the modern era what the handshake said in the older one. Thread-safe. */
final class RequestMetadata {
  private static final String PREFIX = "io.modelcontextprotocol/";
  static final String VERSION = PREFIX + "protocolVersion";
  static final String SUBSCRIPTION = PREFIX + "subscriptionId";
  private static final String CLIENT = PREFIX + "clientInfo";
  private static final String CAPABILITIES = PREFIX + "clientCapabilities";
  private static final String LOG_LEVEL = PREFIX + "logLevel";
  private static final String VERSION_TOKEN = "\"" + McpRevision.V2026_07_28 + "\"";

  private final Json client;
  private final Json capabilities;
  private volatile @Nullable McpLogLevel level;

  RequestMetadata(McpImplementation client, Json capabilities) {
    this.client = client.raw();
    this.capabilities = capabilities;
  }

  void logLevel(McpLogLevel value) {
    level = value;
  }

  /** The parameters with all that is missing in {@code _meta}; what is there stays. */
  Json complete(String method, Optional<Json> params) {
    Envelope message = Envelope.request("0", method, params.orElse(Json.EMPTY_OBJECT));
    message = added(message, VERSION, VERSION_TOKEN);
    message = added(message, CAPABILITIES, capabilities.toString());
    message = added(message, CLIENT, client.toString());
    McpLogLevel wanted = level;
    if (wanted != null) {
      message = added(message, LOG_LEVEL, "\"" + wanted + "\"");
    }
    return message.params().orElseThrow();
  }

  /** The same parameters with the version that this library speaks. */
  static Json withOurVersion(String method, Json params) {
    return Envelope.request("0", method, params)
        .with(VERSION_TOKEN, "params", "_meta", VERSION)
        .params()
        .orElseThrow();
  }

  private static Envelope added(Envelope message, String name, String token) {
    return message.token("params", "_meta", name).isPresent()
        ? message
        : message.with(token, "params", "_meta", name);
  }
}
