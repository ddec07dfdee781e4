package dev.warren.mcp.internal.http.modern;

import dev.warren.SandboxException;
import dev.warren.SandboxException.Code;
import dev.warren.mcp.Json;
import dev.warren.mcp.McpEra;
import dev.warren.mcp.McpEraCache;
import dev.warren.mcp.McpErrorException.RpcError;
import dev.warren.mcp.McpRevision;
import dev.warren.mcp.channel.ServerExit;
import dev.warren.mcp.http.McpAccess;
import dev.warren.mcp.internal.errors.ErrorCodes;
import dev.warren.mcp.internal.http.budget.EndpointSettings;
import dev.warren.mcp.internal.message.Envelope;
import dev.warren.mcp.internal.rpc.CallOptions;
import dev.warren.mcp.internal.rpc.IncomingRequest;
import dev.warren.mcp.internal.rpc.RpcCall;
import dev.warren.mcp.internal.rpc.RpcHandler;
import dev.warren.mcp.internal.rpc.RpcPeer;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A process that serves stateless requests: of either family, which is found out at its start. It
 * tells its calls apart; a request of the server goes to the only call that may be asked. Thread-
 * safe.
 */
final class ServerProcess implements AutoCloseable {
  private static final Set<Long> MODERN_ERRORS = Set.of(-32020L, -32021L, -32022L);
  private static final Duration PROBE = Duration.ofSeconds(3);
  private static final RpcError AMBIGUOUS =
      new RpcError(
          ErrorCodes.INTERNAL_ERROR, "it cannot be told which call this is for", Optional.empty());

  /** A call that the process has not answered, as far as the process is concerned. */
  interface OpenCall {
    /** Whether a request of the server may be meant for it. */
    boolean mayBeAsked();

    /** Takes a request of the server. */
    void ask(IncomingRequest request);

    /** Takes a log message. */
    void log(Envelope notification);
  }

  private final McpAccess.Granted access;
  private final EndpointSettings settings;
  private final Consumer<Envelope> onNotification;
  private final Runnable onEnd;
  private final Set<OpenCall> calls = ConcurrentHashMap.newKeySet();
  private volatile Connection connection;
  private volatile McpEra era = McpEra.LEGACY;
  private volatile Json server = Json.EMPTY_OBJECT;
  private volatile String logLevel = "";

  private ServerProcess(
      McpAccess.Granted access,
      EndpointSettings settings,
      Consumer<Envelope> onNotification,
      Runnable onEnd) {
    this.access = access;
    this.settings = settings;
    this.onNotification = onNotification;
    this.onEnd = onEnd;
    this.connection = new Connection();
  }

  /**
   * Starts a server, finds out its family and makes the handshake if it wants one. Blocks.
   *
   * @param onNotification takes what belongs to no call
   * @param onEnd called once, when the process has ended; not when this fails
   */
  static ServerProcess start(
      McpAccess.Granted access,
      EndpointSettings settings,
      McpEraCache eras,
      StatelessRequest first,
      Consumer<Envelope> onNotification,
      Runnable onEnd) {
    ServerProcess process = new ServerProcess(access, settings, onNotification, onEnd);
    try {
      process.open(eras, first);
      return process;
    } catch (RuntimeException e) {
      process.connection.leave();
      throw e;
    }
  }

  McpEra era() {
    return era;
  }

  /** The result of the handshake, or of the discovery. */
  Json server() {
    return server;
  }

  /** Sends a request of a client; its id and progress token come back as they were. */
  RpcCall forward(Envelope request, CallOptions options) {
    return connection.peer().forward(request, options);
  }

  /** A request of our own. */
  RpcCall call(String method, Json params) {
    return forward(
        Envelope.request("0", method, params),
        CallOptions.defaults().withTimeout(settings.times().start()));
  }

  void begin(OpenCall call) {
    calls.add(call);
  }

  void end(OpenCall call) {
    calls.remove(call);
  }

  /** Makes the server tell at least this much. */
  void logLevel(String level) {
    if (era == McpEra.LEGACY
        && server.at("/capabilities/logging").isPresent()
        && (logLevel.isEmpty() || LogLevels.of(level) < LogLevels.of(logLevel))) {
      logLevel = level;
      RpcCall unused = call("logging/setLevel", Json.of(Map.of("level", level)));
    }
  }

  @Override
  public void close() {
    connection.peer().beginClose();
  }

  private void open(McpEraCache eras, StatelessRequest first) {
    connection.start();
    if (eras.find(access.server()).orElse(McpEra.MODERN) == McpEra.MODERN && discover(first)) {
      eras.remember(access.server(), McpEra.MODERN);
      return;
    }
    eras.remember(access.server(), McpEra.LEGACY);
    if (connection.ended) { // some end at a request that they do not expect
      connection = new Connection();
      connection.start();
    }
    initialize(first);
  }

  private boolean discover(StatelessRequest first) {
    Map<String, Object> meta = new LinkedHashMap<>();
    meta.put(StatelessRequest.META + "protocolVersion", StatelessRequest.REVISION);
    meta.put(StatelessRequest.META + "clientCapabilities", first.capabilities());
    meta.put(StatelessRequest.META + "clientInfo", clientInfo(first));
    Envelope probe = Envelope.request("0", "server/discover", Json.of(Map.of("_meta", meta)));
    try {
      CallOptions options = CallOptions.defaults().withTimeout(PROBE).withoutCancel();
      Envelope answer = forward(probe, options).await();
      boolean modern =
          answer.result().isPresent()
              || answer.error().filter(e -> MODERN_ERRORS.contains(e.code())).isPresent();
      if (modern) {
        era = McpEra.MODERN;
        server = answer.result().orElse(Json.EMPTY_OBJECT);
      }
      return modern;
    } catch (SandboxException e) {
      if (e.code() == Code.TIMEOUT) {
        return false;
      }
      if (e.code() == Code.UNAVAILABLE) {
        connection.leave();
        return false;
      }
      throw e;
    }
  }

  private void initialize(StatelessRequest first) {
    Map<String, Object> params = new LinkedHashMap<>();
    params.put("protocolVersion", McpRevision.V2025_11_25.toString());
    params.put("capabilities", first.capabilities());
    params.put("clientInfo", clientInfo(first));
    CallOptions options =
        CallOptions.defaults().withTimeout(settings.times().start()).withoutCancel();
    Envelope answer =
        forward(Envelope.request("0", "initialize", Json.of(params)), options).await();
    server =
        answer
            .result()
            .orElseThrow(
                () ->
                    SandboxException.of(Code.UNSUPPORTED, "initialize", "MCP server")
                        .detail("it answered with an error")
                        .build());
    connection.peer().send(Envelope.notification("notifications/initialized", null));
  }

  private static Json clientInfo(StatelessRequest first) {
    return first.clientInfo().orElseGet(() -> Json.of(Map.of("name", "unnamed", "version", "0")));
  }

  /** One peer; a server that ends at the discovery gets a second one. */
  private final class Connection implements RpcHandler {
    private @Nullable RpcPeer peer;
    private volatile boolean ended;
    private volatile boolean left;

    void start() {
      peer = RpcPeer.start(access.transport(), settings.rpc(), this);
    }

    RpcPeer peer() {
      if (peer == null) {
        throw SandboxException.of(Code.CLOSED, "call", "MCP server").build();
      }
      return peer;
    }

    /** Gives it up; its end is of no interest. */
    void leave() {
      left = true;
      ended = true;
      if (peer != null) {
        peer.beginClose();
      }
    }

    @Override
    public Optional<Json> atOnce(Envelope request) {
      return request.method().equals("ping") ? Optional.of(Json.EMPTY_OBJECT) : Optional.empty();
    }

    @Override
    public void request(IncomingRequest request) {
      List<OpenCall> open = calls.stream().filter(OpenCall::mayBeAsked).toList();
      if (era == McpEra.MODERN) {
        request.drop();
      } else if (open.size() == 1) {
        open.get(0).ask(request);
      } else {
        request.error(AMBIGUOUS);
      }
    }

    @Override
    public void notification(Envelope notification) {
      if (notification.method().equals("notifications/message")) {
        List<OpenCall> open = List.copyOf(calls);
        if (open.size() == 1) {
          open.get(0).log(notification);
        }
      } else {
        onNotification.accept(notification);
      }
    }

    @Override
    public void ended(ServerExit exit, SandboxException cause) {
      ended = true;
      if (!left) {
        onEnd.run();
      }
    }
  }
}
