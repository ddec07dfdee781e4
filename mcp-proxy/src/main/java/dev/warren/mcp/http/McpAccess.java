package dev.warren.mcp.http;

import dev.warren.SandboxException;
import dev.warren.mcp.channel.StdioTransport;
import java.util.Objects;

/** The decision of a {@link McpGate} about a request. */
public sealed interface McpAccess {

  /**
   * The request may use a server.
   *
   * @param principal who is asking; sessions, streams and held calls belong to one principal and do
   *     not exist (404) for any other
   * @param server a name for the server that is unique among those of all bots, such as {@code
   *     bot-42/files}; sessions, streams and held calls do not exist for requests to another server
   * @param transport starts the server; each session, and each group of stateless requests, gets a
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
   * The request is refused with a status and an empty body.
   *
   * @param status 401, 403, 404, 429 or 503
   * @param challenge the value of the header {@code WWW-Authenticate}, which a 401 needs; empty for
   *     none
   */
  record Denied(int status, String challenge) implements McpAccess {
    /**
     * @throws SandboxException {@code INVALID_ARGUMENT} for any other status
     */
    public Denied {
      if (status != 401 && status != 403 && status != 404 && status != 429 && status != 503) {
        throw SandboxException.invalid(
            "deny", String.valueOf(status), "use 401, 403, 404, 429 or 503");
      }
    }
  }

  /** Refuses a request that is not authenticated (401). */
  static McpAccess unauthorized(String challenge) {
    return new Denied(401, challenge);
  }

  /** Refuses a request although it is authenticated (403). */
  static McpAccess forbidden() {
    return new Denied(403, "");
  }

  /** Says that there is no such bot or server (404). */
  static McpAccess notFound() {
    return new Denied(404, "");
  }
}
