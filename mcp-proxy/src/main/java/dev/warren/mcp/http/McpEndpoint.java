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
 * Streamable HTTP, as MCP has it, in front of servers that talk over their standard streams: of the
 * revisions 2024-11-05 to 2025-11-25 with sessions and of 2026-07-28 without, whichever the client
 * speaks. It is independent of the HTTP server; {@link McpHttpServer} is one on the JDK's.
 *
 * <p>A client of the handshake revisions has a session with a process of its own. For a client of
 * 2026-07-28 a server of the older revisions is translated: input that the server asks for becomes
 * {@code input_required} with a signed state, and changes go to {@code subscriptions/listen}.
 *
 * <p><b>Security.</b> Requests pass, in this order: the limit on exchanges, Host and Origin, the
 * {@link McpGate}, and then the body is read. A session, a stream or a state belongs to one
 * principal and one server; to anybody else it does not exist.
 *
 * <p><b>Memory</b> is at most, beside the processes: exchanges × body size, plus sessions × replay
 * size, plus for each process what its limits allow ({@link Builder#maxMessageBytes} for a message
 * that is being read, 16 MiB that wait each way). A connection that neither takes nor gives bytes
 * is cut. Thread-safe.
 */
public final class McpEndpoint implements AutoCloseable {
  private final RequestPipeline pipeline;

  private McpEndpoint(RequestPipeline pipeline) {
    this.pipeline = pipeline;
  }

  /** Starts the settings of an pipeline. */
  public static Builder builder(McpGate gate) {
    return new Builder(gate);
  }

  /**
   * Handles a request. Returns when it is read; the answer may follow on other threads, also long
   * after. Never throws.
   */
  public void handle(McpHttpExchange exchange) {
    pipeline.handle(exchange);
  }

  /**
   * Threads for requests: virtual where the JVM has them, else 32. None is held by a call that
   * waits or a stream that is quiet.
   */
  public Executor executor() {
    return pipeline.requestThreads();
  }

  /** How many servers run for it at the moment. */
  public int processCount() {
    return pipeline.processCount();
  }

  /** How many sessions there are. */
  public int sessionCount() {
    return pipeline.sessionCount();
  }

  /** Cuts all streams and ends all servers, without waiting for them. */
  @Override
  public void close() {
    pipeline.close();
  }

  /** Collects the settings of an pipeline. Not thread-safe. */
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

    /** A name, with or without a port, that clients reach it by; those of loopback always work. */
    public Builder allowHost(String host) {
      hosts.add(host);
      return this;
    }

    /**
     * A web page that may use it, as {@code https://app.example}; those of loopback always may.
     *
     * @throws SandboxException {@code INVALID_ARGUMENT} at {@link #build}
     */
    public Builder allowOrigin(String origin) {
      origins.add(origin);
      return this;
    }

    /** Longest request: 4 MiB unless set; a longer one gets 413. At most 8 MiB. */
    public Builder maxBodyBytes(int value) {
      maxBodyBytes = value;
      return this;
    }

    /** Longest message of a server: 64 MiB unless set; a longer answer fails its call. */
    public Builder maxMessageBytes(int value) {
      maxMessageBytes = value;
      return this;
    }

    /** Requests in hand, waiting ones and streams included: 512 unless set; more get 503. */
    public Builder maxExchanges(int value) {
      maxExchanges = value;
      return this;
    }

    /** Servers in all, and for one principal and server: 256 and 8 unless set; more get 503. */
    public Builder maxProcesses(int all, int each) {
      maxProcesses = all;
      maxProcessesEach = each;
      return this;
    }

    /** Calls of one session, or one principal without: 64 unless set; more get 429. */
    public Builder maxCalls(int value) {
      maxCalls = value;
      return this;
    }

    /** Events that one session keeps for a client that comes back: 1 MiB unless set. */
    public Builder replayBytes(long value) {
      replayBytes = value;
      return this;
    }

    /** Until a session or a server that nobody uses ends: 10 minutes unless set. */
    public Builder idle(Duration value) {
      idle = value;
      return this;
    }

    /** For a call without progress: 2 minutes unless set. */
    public Builder callTimeout(Duration value) {
      callTimeout = value;
      return this;
    }

    /** For a server to become ready: 30 seconds unless set. */
    public Builder startTimeout(Duration value) {
      startTimeout = value;
      return this;
    }

    /** For a client to answer what a server asks: 5 minutes unless set. */
    public Builder inputTimeout(Duration value) {
      inputTimeout = value;
      return this;
    }

    /** For a client that has gone to come back before the server is told: 30 s unless set. */
    public Builder reconnectGrace(Duration value) {
      reconnectGrace = value;
      return this;
    }

    /** For a connection to take or give bytes before it is cut: 30 seconds unless set. */
    public Builder stall(Duration value) {
      stall = value;
      return this;
    }

    /** Until a call that waits is answered by a stream and not plain JSON: 1 s unless set. */
    public Builder openAfter(Duration value) {
      openAfter = value;
      return this;
    }

    /** Between comments on quiet streams, which is how a client's end is seen: 15 s unless set. */
    public Builder keepAlive(Duration value) {
      keepAlive = value;
      return this;
    }

    /**
     * The pipeline.
     *
     * @throws SandboxException {@code INVALID_ARGUMENT} names what is wrong
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
                  maxBodyBytes,
                  maxExchanges,
                  maxProcesses,
                  maxProcessesEach,
                  maxCalls,
                  replayBytes,
                  idle,
                  callTimeout,
                  startTimeout,
                  inputTimeout,
                  reconnectGrace,
                  stall,
                  openAfter,
                  keepAlive,
                  rpc)));
    }

    private static void positive(String name, long value) {
      if (value <= 0) {
        throw SandboxException.invalid("configure", name, value + " is not positive");
      }
    }
  }
}
