package dev.warren.mcp.http;

import dev.warren.SandboxException;
import dev.warren.mcp.internal.http.HostPolicy;
import dev.warren.mcp.internal.http.RequestPipeline;
import dev.warren.mcp.internal.http.budget.EndpointSettings;
import dev.warren.mcp.internal.rpc.RpcOptions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;

/**
 * Streamable HTTP, as MCP defines it, in front of servers that talk over their standard streams. It
 * serves the revisions 2024-11-05 to 2025-11-25, which have sessions, and 2026-07-28, which has
 * none; each client gets the one it speaks. It works with any HTTP server: {@link McpHttpServer}
 * runs it on the JDK's, and any other can pass its requests to {@link #handle}.
 *
 * <p>A client of the revisions with a handshake has a session, and each session has a process of
 * its own. For a client of 2026-07-28, servers of the older revisions are translated: when the
 * server asks for input, the client gets {@code input_required} with a signed state, and change
 * notifications go to {@code subscriptions/listen}.
 *
 * <p><b>Security.</b> A request must pass the limit on exchanges, the checks of Host and Origin,
 * and the {@link McpGate}, in this order, before its body is read. Sessions, streams and states
 * each belong to one principal and one server; for anyone else they do not exist.
 *
 * <p><b>Memory.</b> Besides its processes, an endpoint uses at most the number of exchanges times
 * the size of a body, plus the number of sessions times the size of the replay buffer, plus, for
 * each process, one message that is being read ({@link Builder#maxMessageBytes}) and 16 MiB waiting
 * in each direction. Connections on which no bytes move are cut.
 *
 * <p>Thread-safe.
 */
public final class McpEndpoint implements AutoCloseable {
  private final RequestPipeline pipeline;

  private McpEndpoint(RequestPipeline pipeline) {
    this.pipeline = pipeline;
  }

  /**
   * Returns a builder with the default settings.
   *
   * @param gate decides who may use which server
   */
  public static Builder builder(McpGate gate) {
    return new Builder(gate);
  }

  /**
   * Handles a request. Returns once the request has been read; the answer may follow much later and
   * from another thread. Never throws.
   */
  public void handle(McpHttpExchange exchange) {
    pipeline.handle(exchange);
  }

  /**
   * The threads on which an HTTP server should call {@link #handle}: virtual threads on Java 24 and
   * newer, otherwise a pool of 32. Calls that wait and streams that are quiet do not occupy a
   * thread.
   */
  public Executor executor() {
    return pipeline.requestThreads();
  }

  /** The number of server processes that are running or being started. */
  public int processCount() {
    return pipeline.processCount();
  }

  /** The number of sessions; clients of 2026-07-28 have none. */
  public int sessionCount() {
    return pipeline.sessionCount();
  }

  /** Cuts all streams and ends all servers, without waiting for the servers to end. */
  @Override
  public void close() {
    pipeline.close();
  }

  /** The settings of an endpoint. Not thread-safe. */
  public static final class Builder {
    private static final int MIB = 1 << 20;

    private final McpGate gate;
    private final List<String> hosts = new ArrayList<>();
    private final List<String> origins = new ArrayList<>();
    private int maxBodyBytes = 4 * MIB;
    private int maxMessageBytes = 64 * MIB;
    private int maxExchanges = 512;
    private int maxProcesses = 256;
    private int maxProcessesEach = 8;
    private int maxCalls = 64;
    private long replayBytes = MIB;
    private Duration idle = Duration.ofMinutes(10);
    private Duration callTimeout = Duration.ofMinutes(2);
    private Duration startTimeout = Duration.ofSeconds(30);
    private Duration inputTimeout = Duration.ofMinutes(5);
    private Duration reconnectGrace = Duration.ofSeconds(30);
    private Duration stall = Duration.ofSeconds(30);
    private Duration openAfter = Duration.ofSeconds(1);
    private Duration keepAlive = Duration.ofSeconds(15);

    private Builder(McpGate gate) {
      this.gate = gate;
    }

    /**
     * Allows a host name by which clients reach the endpoint, such as {@code mcp.example}. Without
     * a port it allows all ports. The names of the loopback address are always allowed.
     */
    public Builder allowHost(String host) {
      hosts.add(host);
      return this;
    }

    /**
     * Allows web pages of an origin, such as {@code https://app.example}. Pages from the loopback
     * address are always allowed.
     *
     * @throws SandboxException {@code INVALID_ARGUMENT} from {@link #build} if it is not an origin
     */
    public Builder allowOrigin(String origin) {
      origins.add(origin);
      return this;
    }

    /** The longest request body, 1 KiB to 8 MiB. Longer ones get 413. Default: 4 MiB. */
    public Builder maxBodyBytes(int value) {
      maxBodyBytes = value;
      return this;
    }

    /** The longest message of a server. A longer answer fails its call. Default: 64 MiB. */
    public Builder maxMessageBytes(int value) {
      maxMessageBytes = value;
      return this;
    }

    /**
     * How many requests may be handled at a time, including calls that wait and open streams. More
     * get 503. Default: 512.
     */
    public Builder maxExchanges(int value) {
      maxExchanges = value;
      return this;
    }

    /**
     * How many server processes may run at a time. When a limit is reached, an idle process of the
     * same caller is ended; if none is idle, the request gets 503.
     *
     * @param all for the whole endpoint; default: 256
     * @param each for one principal and server; default: 8
     */
    public Builder maxProcesses(int all, int each) {
      maxProcesses = all;
      maxProcessesEach = each;
      return this;
    }

    /**
     * How many calls one session, or one principal without a session, may make of a server at a
     * time. More get 429. Default: 64.
     */
    public Builder maxCalls(int value) {
      maxCalls = value;
      return this;
    }

    /** How much a session keeps for a client that comes back to a stream. Default: 1 MiB. */
    public Builder replayBytes(long value) {
      replayBytes = value;
      return this;
    }

    /** How long a session or a server may be idle before it is ended. Default: 10 minutes. */
    public Builder idle(Duration value) {
      idle = value;
      return this;
    }

    /** How long a call may take; each progress report starts it anew. Default: 2 minutes. */
    public Builder callTimeout(Duration value) {
      callTimeout = value;
      return this;
    }

    /** How long a server may take to become ready. Default: 30 seconds. */
    public Builder startTimeout(Duration value) {
      startTimeout = value;
      return this;
    }

    /** How long a client may take to answer a request of the server. Default: 5 minutes. */
    public Builder inputTimeout(Duration value) {
      inputTimeout = value;
      return this;
    }

    /**
     * How long a client that has lost its connection may take to come back before the requests it
     * was asked fail. Default: 30 seconds.
     */
    public Builder reconnectGrace(Duration value) {
      reconnectGrace = value;
      return this;
    }

    /**
     * How long one read or write on a connection may take before it is cut. Default: 30 seconds.
     */
    public Builder stall(Duration value) {
      stall = value;
      return this;
    }

    /** How long to wait for an answer before the reply becomes a stream. Default: 1 second. */
    public Builder openAfter(Duration value) {
      openAfter = value;
      return this;
    }

    /**
     * The time between comments on a quiet stream, which reveal that a client has gone. Default: 15
     * seconds.
     */
    public Builder keepAlive(Duration value) {
      keepAlive = value;
      return this;
    }

    /**
     * Builds the endpoint. No server is started yet.
     *
     * @throws SandboxException {@code INVALID_ARGUMENT}, which names the setting that is wrong
     */
    public McpEndpoint build() {
      positive("maxExchanges", maxExchanges);
      positive("maxProcesses", Math.min(maxProcesses, maxProcessesEach));
      positive("maxCalls", maxCalls);
      positive("replayBytes", replayBytes);
      for (Duration each :
          List.of(
              idle,
              callTimeout,
              startTimeout,
              inputTimeout,
              reconnectGrace,
              stall,
              openAfter,
              keepAlive)) {
        if (each.isNegative() || each.isZero()) {
          throw SandboxException.invalid("configure", "MCP endpoint", each + " is not positive");
        }
      }
      if (maxBodyBytes < 1024 || maxBodyBytes > 8 * MIB) {
        throw SandboxException.invalid(
            "configure", "maxBodyBytes", "use 1 KiB to 8 MiB: servers go deaf above that");
      }
      RpcOptions rpc =
          RpcOptions.defaults().toBuilder()
              .maxInboundBytes(maxMessageBytes)
              .maxOutboundBytes(maxBodyBytes + 1024)
              .timeout(callTimeout)
              .build();
      return new McpEndpoint(
          new RequestPipeline(
              gate,
              new HostPolicy(hosts, origins),
              new EndpointSettings(
                  new EndpointSettings.Limits(
                      maxBodyBytes,
                      maxExchanges,
                      maxProcesses,
                      maxProcessesEach,
                      maxCalls,
                      replayBytes),
                  new EndpointSettings.Times(
                      idle,
                      callTimeout,
                      startTimeout,
                      inputTimeout,
                      reconnectGrace,
                      stall,
                      openAfter,
                      keepAlive),
                  rpc)));
    }

    private static void positive(String name, long value) {
      if (value <= 0) {
        throw SandboxException.invalid("configure", name, value + " is not positive");
      }
    }
  }
}
