package dev.warren.mcp.internal.http.legacy;

import dev.warren.SandboxException;
import dev.warren.SandboxException.Code;
import dev.warren.mcp.Json;
import dev.warren.mcp.McpErrorException.RpcError;
import dev.warren.mcp.McpRevision;
import dev.warren.mcp.channel.ServerExit;
import dev.warren.mcp.http.McpAccess;
import dev.warren.mcp.http.McpHttpExchange;
import dev.warren.mcp.internal.errors.ErrorCodes;
import dev.warren.mcp.internal.errors.FailureErrors;
import dev.warren.mcp.internal.http.budget.EndpointSettings;
import dev.warren.mcp.internal.http.exchange.HttpThreads;
import dev.warren.mcp.internal.http.exchange.Reply;
import dev.warren.mcp.internal.http.stream.EventStream;
import dev.warren.mcp.internal.http.stream.OrderedSender;
import dev.warren.mcp.internal.http.stream.ReplayLog;
import dev.warren.mcp.internal.message.Envelope;
import dev.warren.mcp.internal.rpc.CallOptions;
import dev.warren.mcp.internal.rpc.IncomingRequest;
import dev.warren.mcp.internal.rpc.RpcCall;
import dev.warren.mcp.internal.rpc.RpcHandler;
import dev.warren.mcp.internal.rpc.RpcPeer;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One session of the handshake revisions: one client, one process. What the server sends goes to
 * the stream of the call in flight where there is exactly one, else to the stream that the client
 * listens to. A client that loses a connection loses no call. Thread-safe.
 */
final class LegacySession implements RpcHandler, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(LegacySession.class);
  private static final String GENERAL = "0";
  private static final RpcError BUSY =
      new RpcError(ErrorCodes.INTERNAL_ERROR, "the server does not keep up", Optional.empty());

  private final McpAccess.Granted owner;
  private final EndpointSettings settings;
  private final EventStream.Style style;
  private final Runnable onClose;
  private final Runnable onEnd;
  private final OrderedSender sender;
  private final ReplayLog log;
  private final EventStream general;
  private final ServerRequests asked;
  private final Map<String, Call> calls = new ConcurrentHashMap<>();
  private final Map<String, EventStream> streams = new ConcurrentHashMap<>();
  private final AtomicInteger streamNumber = new AtomicInteger();
  private final AtomicLong lastUsed = new AtomicLong(System.nanoTime());
  private volatile McpRevision revision = McpRevision.V2025_03_26;
  private volatile boolean ended;
  private volatile @Nullable RpcPeer peer;

  /** A request that is not answered. */
  private static final class Call {
    final EventStream stream;
    volatile @Nullable RpcCall rpc;

    Call(EventStream stream) {
      this.stream = stream;
    }
  }

  private LegacySession(
      McpAccess.Granted owner,
      EndpointSettings settings,
      HttpThreads threads,
      Runnable onClose,
      Runnable onEnd) {
    this.owner = owner;
    this.settings = settings;
    this.style = EventStream.Style.of(settings, threads);
    this.onClose = onClose;
    this.onEnd = onEnd;
    this.sender = new OrderedSender(threads, 4 * settings.limits().calls());
    this.log = new ReplayLog(settings.limits().replayBytes());
    this.general = EventStream.resumable(style, GENERAL, log, true, gone -> {});
    this.asked = new ServerRequests(settings, threads);
    streams.put(GENERAL, general);
  }

  /**
   * Starts the server's process.
   *
   * @param onClose called, once or more, when the session is of no use any more
   * @param onEnd called once, when the process has ended
   * @throws SandboxException as {@link dev.warren.mcp.channel.StdioTransport#start} says
   */
  static LegacySession start(
      McpAccess.Granted owner,
      EndpointSettings settings,
      HttpThreads threads,
      Runnable onClose,
      Runnable onEnd) {
    LegacySession session = new LegacySession(owner, settings, threads, onClose, onEnd);
    session.peer = RpcPeer.start(owner.transport(), settings.rpc(), session);
    return session;
  }

  boolean belongsTo(McpAccess.Granted caller) {
    return owner.principal().equals(caller.principal()) && owner.server().equals(caller.server());
  }

  boolean isEnded() {
    return ended;
  }

  /** Nanoseconds since it was used, 0 while it is. */
  long idleNanos() {
    return calls.isEmpty() && !general.attached() ? System.nanoTime() - lastUsed.get() : 0;
  }

  /**
   * The handshake: the client's own, which reaches the server as it is.
   *
   * @return the server's answer
   * @throws SandboxException {@code TIMEOUT}, {@code UNAVAILABLE}: the session is of no use then
   */
  Envelope initialize(Envelope request) {
    CallOptions options =
        CallOptions.defaults().withTimeout(settings.times().start()).withoutCancel();
    Envelope answer = peer().forward(request, options).await();
    answer
        .token("result", "protocolVersion")
        .flatMap(token -> Json.parse(token).string(""))
        .flatMap(McpRevision::of)
        .ifPresent(known -> revision = known);
    lastUsed.set(System.nanoTime());
    return answer;
  }

  /** A request: its answer, and what belongs to it, goes to the exchange, some time. */
  void call(McpHttpExchange exchange, Envelope request, boolean events) {
    lastUsed.set(System.nanoTime());
    String token = request.id().orElseThrow();
    String name = Integer.toString(streamNumber.incrementAndGet());
    EventStream stream = EventStream.resumable(style, name, log, primes(), asked::clientLeft);
    Call call = new Call(stream);
    if (calls.size() >= settings.limits().calls()) {
      Reply.error(429, token, ErrorCodes.INTERNAL_ERROR, "too many calls").sendTo(exchange);
      return;
    }
    if (calls.putIfAbsent(token, call) != null) {
      Reply.error(400, token, ErrorCodes.INVALID_REQUEST, "the id is in use").sendTo(exchange);
      return;
    }
    forgetSpentStreams();
    streams.put(name, stream);
    stream.attach(exchange, Map.of(), events, -1);
    if (!sender.offer(() -> forward(token, call, request))) {
      calls.remove(token);
      stream.finish(Envelope.error(token, BUSY).toBytes(), 503);
    }
  }

  private void forward(String token, Call call, Envelope request) {
    try {
      RpcCall rpc = peer().forward(request, options(request, call.stream));
      call.rpc = rpc;
      var unused = rpc.future().whenComplete((answer, failure) -> finish(token, answer, failure));
    } catch (SandboxException e) {
      finish(token, null, e);
    }
  }

  private CallOptions options(Envelope request, EventStream stream) {
    CallOptions options = CallOptions.defaults().withTimeout(settings.times().call()).withInOrder();
    return request.token("params", "_meta", "progressToken").isEmpty()
        ? options
        : options.withResetOnProgress().withProgress(progress -> stream.send(progress.toBytes()));
  }

  /** A notification of the client; false when the server does not keep up. */
  boolean notify(Envelope notification) {
    lastUsed.set(System.nanoTime());
    return sender.offer(() -> forward(notification));
  }

  private void forward(Envelope notification) {
    if (notification.method().equals("notifications/cancelled")) {
      Call call = notification.token("params", "requestId").map(calls::get).orElse(null);
      RpcCall rpc = call == null ? null : call.rpc;
      if (rpc != null) {
        rpc.cancel(notification);
      }
      return;
    }
    try {
      peer().send(notification);
    } catch (SandboxException e) {
      LOG.debug("a notification of the client was dropped: {}", e.code());
    }
  }

  private RpcPeer peer() {
    RpcPeer known = peer;
    if (known == null) {
      throw SandboxException.of(Code.CLOSED, "call", "MCP server").build();
    }
    return known;
  }

  /** The client's answer to a request of the server. An unknown one is dropped. */
  void answer(Envelope answer) {
    lastUsed.set(System.nanoTime());
    asked.answer(answer);
  }

  /**
   * The client listens, or goes on where a connection was lost.
   *
   * @param lastEventId empty to listen
   * @return false when that event is not known, or what came after it is no longer kept
   */
  boolean listen(McpHttpExchange exchange, Optional<String> lastEventId) {
    lastUsed.set(System.nanoTime());
    EventStream stream = general;
    long after = -1;
    if (lastEventId.isPresent()) {
      String[] parts = lastEventId.get().split("-", 2);
      EventStream found = streams.get(parts[0]);
      if (found == null || parts.length < 2 || !parts[1].matches("\\d{1,18}")) {
        return false;
      }
      stream = found;
      after = Long.parseLong(parts[1]);
    }
    if (!stream.attach(exchange, Map.of(), true, after)) {
      return false;
    }
    stream.open();
    return true;
  }

  @Override
  public Optional<Json> atOnce(Envelope request) {
    return request.method().equals("ping") ? Optional.of(Json.EMPTY_OBJECT) : Optional.empty();
  }

  @Override
  public void request(IncomingRequest request) {
    List<Call> open = List.copyOf(calls.values());
    EventStream target = general;
    if (open.size() == 1 || !general.attached()) {
      target =
          open.stream()
              .map(call -> call.stream)
              .filter(EventStream::streams)
              .findFirst()
              .orElseGet(() -> resumable(open));
    }
    asked.ask(request, target);
  }

  @Override
  public void notification(Envelope notification) {
    EventStream target = general;
    if (notification.method().equals("notifications/message")) {
      List<Call> open = List.copyOf(calls.values());
      if (open.size() == 1 && open.get(0).stream.streams()) {
        target = open.get(0).stream;
      }
    }
    if (!notification.method().equals("notifications/progress")) {
      target.send(notification.toBytes());
    }
  }

  @Override
  public void ended(ServerExit exit, SandboxException cause) {
    ended = true;
    asked.close();
    general.finish();
    onClose.run();
    onEnd.run();
  }

  /** Ends the process and cuts all streams. Returns at once. */
  @Override
  public void close() {
    ended = true;
    asked.close();
    streams.values().forEach(EventStream::abort);
    peer().beginClose();
    onClose.run();
  }

  /** The stream of the only call, if its client may come back to it; else the general one. */
  private EventStream resumable(List<Call> open) {
    boolean waits = open.size() == 1 && !open.get(0).stream.attached();
    return waits ? open.get(0).stream : general;
  }

  private void finish(String token, @Nullable Envelope answer, @Nullable Throwable failure) {
    Call call = calls.remove(token);
    lastUsed.set(System.nanoTime());
    if (call == null) {
      return;
    }
    if (answer != null) {
      call.stream.finish(answer.toBytes(), 200);
    } else if (FailureErrors.code(failure) == Code.CANCELLED) {
      call.stream.finish();
    } else {
      RpcError error = FailureErrors.of(failure);
      call.stream.finish(Envelope.error(token, error).toBytes(), 200);
    }
  }

  /** Older clients would take an event without data for a broken message. */
  private boolean primes() {
    return revision.compareTo(McpRevision.V2025_11_25) >= 0;
  }

  private void forgetSpentStreams() {
    if (streams.size() % 32 == 0) {
      streams.values().removeIf(stream -> stream != general && stream.isSpent());
    }
  }
}
