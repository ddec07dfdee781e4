package dev.warren.mcp.http;

import dev.warren.mcp.channel.StdioTransport;
import java.util.Objects;

/** What a {@link McpGate} says of a request. */
public sealed interface McpAccess {

  /**
   * The request may use a server.
   *
   * @param principal who asks; sessions, streams and held calls belong to one principal and are
   *     unknown (404) to any other
   * @param server the name of the server among those of all bots, such as {@code bot-42/files};
   *     what was begun with one is unknown to requests for another
   * @param transport starts the server; each session, or each group of stateless requests, gets a
   *     process of its own
   */
  record Granted(String principal, String server, StdioTransport transport) implements McpAccess {
    public Granted {
      Objects.requireNonNull(principal, "principal");
      Objects.requireNonNull(server, "server");
      Objects.requireNonNull(transport, "transport");
    }
  }

  /**
   * The request is refused, with a status and nothing else.
   *
   * @param status 401, 403, 404, 429 or 503
   * @param challenge the value of {@code WWW-Authenticate}, which 401 needs; may be empty
   */
  record Denied(int status, String challenge) implements McpAccess {
    /**
     * @throws dev.warren.SandboxException {@code INVALID_ARGUMENT} for another status
     */
    public Denied {
      if (status != 401 && status != 403 && status != 404 && status != 429 && status != 503) {
        throw dev.warren.SandboxException.invalid(
            "deny", String.valueOf(status), "use 401, 403, 404, 429 or 503");
      }
    }
  }

  /** Refused because nobody is authenticated (401). */
  static McpAccess unauthorized(String challenge) {
    return new Denied(401, challenge);
  }

  /** Refused although it is known who asks (403). */
  static McpAccess forbidden() {
    return new Denied(403, "");
  }

  /** There is no such bot or server (404). */
  static McpAccess notFound() {
    return new Denied(404, "");
  }
}
