package dev.warren.mcp;

import dev.warren.SandboxException;
import dev.warren.mcp.channel.StdioTransport;
import dev.warren.mcp.internal.session.Conversation;
import dev.warren.mcp.internal.session.SessionSettings;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/**
 * The settings of a {@link McpSession}. What has no handler is not declared to the server. Not
 * thread-safe.
 */
public final class McpSessionBuilder {
  private final SessionSettings.Builder settings;
  private final ClientAbilities abilities = new ClientAbilities();
  private McpLimits limits = McpLimits.defaults();

  McpSessionBuilder(StdioTransport transport) {
    this.settings = SessionSettings.builder(transport);
  }

  /** How the server's family of revisions is determined: {@link McpEraPolicy#DETECT} unless set. */
  public McpSessionBuilder era(McpEraPolicy mode) {
    settings.mode(mode);
    return this;
  }

  /**
   * Where the family is remembered; by default in the session only.
   *
   * @param server the name of the server's configuration in the cache
   */
  public McpSessionBuilder eraCache(McpEraCache cache, String server) {
    settings.cache(cache, server);
    return this;
  }

  /** Who the client is: {@code warren 0.1} unless set. */
  public McpSessionBuilder clientInfo(McpImplementation info) {
    settings.client(info);
    return this;
  }

  /**
   * The time of a call that does not set its own: 60 seconds unless set. Waiting for the server's
   * start counts. Each progress report starts it anew.
   */
  public McpSessionBuilder requestTimeout(Duration timeout) {
    Duration value = positive("request timeout", timeout);
    settings.timeouts(times -> times.withRequest(value));
    return this;
  }

  /** The longest that a call may take however much progress it reports: 10 minutes unless set. */
  public McpSessionBuilder maxTotalTimeout(Duration timeout) {
    Duration value = positive("total timeout", timeout);
    settings.timeouts(times -> times.withMaxTotal(value));
    return this;
  }

  /** The time for a start and a handshake together: 60 seconds unless set. */
  public McpSessionBuilder startupTimeout(Duration timeout) {
    Duration value = positive("startup timeout", timeout);
    settings.timeouts(times -> times.withStartup(value));
    return this;
  }

  /**
   * How long a server may leave the question for its family unanswered before it counts as a legacy
   * one: 5 seconds unless set. A later answer does no harm.
   */
  public McpSessionBuilder probeTimeout(Duration timeout) {
    Duration value = positive("probe timeout", timeout);
    settings.timeouts(times -> times.withProbe(value));
    return this;
  }

  /**
   * How long a handler may work on a request of the server before it is interrupted and the server
   * gets an error: 5 minutes unless set, so that a user can answer.
   */
  public McpSessionBuilder handlerTimeout(Duration timeout) {
    Duration value = positive("handler timeout", timeout);
    settings.timeouts(times -> times.withHandler(value));
    return this;
  }

  /**
   * How long a server may take to end by itself when its stdin ends, and then again after SIGTERM:
   * 2 seconds unless set.
   */
  public McpSessionBuilder closeGrace(Duration grace) {
    Duration value = positive("close grace", grace);
    settings.timeouts(times -> times.withClose(value));
    return this;
  }

  /**
   * How often a server that ended may be started again: {@link McpRestartPolicy#onDemand()} unless
   * set.
   */
  public McpSessionBuilder restart(McpRestartPolicy policy) {
    settings.restart(policy);
    return this;
  }

  /** The bounds on what a session holds: {@link McpLimits#defaults()} unless set. */
  public McpSessionBuilder limits(McpLimits value) {
    limits = value;
    settings.limits(value);
    return this;
  }

  /**
   * Whether a method that the server has not declared fails here, with {@code UNSUPPORTED}: yes
   * unless set. For servers that declare less than they can.
   */
  public McpSessionBuilder checkCapabilities(boolean check) {
    settings.checkCapabilities(check);
    return this;
  }

  /** Declares roots that stay the same. */
  public McpSessionBuilder roots(McpRoot... roots) {
    List<McpRoot> fixed = List.of(roots);
    return roots(() -> fixed);
  }

  /** Declares roots; they are asked for each time, see {@link McpSession#rootsChanged()}. */
  public McpSessionBuilder roots(Supplier<List<McpRoot>> roots) {
    abilities.roots(roots);
    return this;
  }

  /** Declares sampling without tools. */
  public McpSessionBuilder sampling(McpSampling.Handler handler) {
    abilities.sampling(handler, Map.of());
    return this;
  }

  /** Declares sampling where a request may bring tools for the model. */
  public McpSessionBuilder samplingWithTools(McpSampling.Handler handler) {
    abilities.sampling(handler, Map.of("tools", Map.of()));
    return this;
  }

  /** Declares that the user can be asked with forms. */
  public McpSessionBuilder formElicitation(McpElicitation.FormHandler handler) {
    abilities.form(handler);
    return this;
  }

  /** Declares that the user can be sent to a page. */
  public McpSessionBuilder urlElicitation(McpElicitation.UrlHandler handler) {
    abilities.url(handler);
    return this;
  }

  /**
   * Answers another request of the server, by its method. A typed handler for the same method wins.
   */
  public McpSessionBuilder requestHandler(String method, McpRequestHandler handler) {
    abilities.handler(method, handler);
    return this;
  }

  /**
   * Declares one more capability, such as an extension, as it stands on the wire.
   *
   * @throws SandboxException {@code INVALID_ARGUMENT} for roots, sampling and elicitation, which
   *     are declared by their handlers
   */
  public McpSessionBuilder capability(String name, Json value) {
    abilities.declare(name, value);
    return this;
  }

  /** Adds a listener, which receives what the server reports from its start on. */
  public McpSessionBuilder listener(McpListener listener) {
    settings.listener(listener);
    return this;
  }

  /** A session that starts its server with the first call. */
  public McpSession build() {
    SessionSettings built = settings.build(abilities.capabilities(), abilities.handlers());
    return new McpSession(new Conversation(built), limits);
  }

  /**
   * A session whose server is ready.
   *
   * @throws SandboxException as {@link McpSession#connect()}; nothing is left running then
   */
  public McpSession open() {
    McpSession session = build();
    try {
      McpServerDescription unused = session.connect();
      return session;
    } catch (RuntimeException | Error e) {
      session.close();
      throw e;
    }
  }

  private static Duration positive(String name, Duration value) {
    if (value.isZero() || value.isNegative()) {
      throw SandboxException.invalid("set " + name, value.toString(), "it is not positive");
    }
    return value;
  }
}
