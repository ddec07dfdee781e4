package dev.warren.mcp.internal.rpc;

import dev.warren.SandboxException;
import dev.warren.SandboxException.Code;
import dev.warren.mcp.Json;
import dev.warren.mcp.channel.ServerExit;
import dev.warren.mcp.channel.StdioChannel;
import dev.warren.mcp.channel.StdioTransport;
import dev.warren.mcp.internal.message.Envelope;
import dev.warren.mcp.internal.message.JsonBytes;
import dev.warren.mcp.internal.message.RequestLine;
import dev.warren.mcp.internal.thread.CallbackThreads;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * A JSON-RPC connection to one process. It has its own ids, ends each call exactly once, hands what
 * the server sends on its own to an {@link RpcHandler}, and ends with its process: a peer is never
 * started again. Memory is bounded by {@link RpcOptions}. Thread-safe.
 */
public final class RpcPeer implements AutoCloseable {
  /** How far a connection is. */
  public enum State {
    /** Takes calls. */
    OPEN,
    /** Takes no calls; the process is being ended. */
    CLOSING,
    /** The process has ended, or was given up. */
    CLOSED
  }

  /** A process that closes its stdout usually ends; its exit says more. */
  private static final Duration EXIT_FOLLOWS = Duration.ofMillis(500);

  private final RpcOptions options;
  private final RpcHandler handler;
  private final CallbackThreads threads = new CallbackThreads();
  private final RpcCounters counters;
  private final Outbox outbox;
  private final PendingCalls calls;
  private final Inbound inbound;
  private final IncomingRequests requests;
  private final AtomicReference<@Nullable PeerEnd> end = new AtomicReference<>();
  private final AtomicReference<@Nullable ServerExit> exit = new AtomicReference<>();
  private final AtomicBoolean shuttingDown = new AtomicBoolean();
  private final CountDownLatch gone = new CountDownLatch(1);
  private final CompletableFuture<ServerExit> ended = new CompletableFuture<>();
  private volatile String name = "MCP server";
  private volatile @Nullable Shutdown shutdown;

  private RpcPeer(RpcOptions options, RpcHandler handler, RpcCounters counters) {
    this.options = options;
    this.handler = handler;
    this.counters = counters;
    outbox = new Outbox(options.outboxBytes(), counters, this::writeFailed);
    calls = new PendingCalls(options.timer(), threads, outbox, () -> name);
    requests = new IncomingRequests(options, handler, threads, outbox, counters);
    inbound = new Inbound(options, handler, threads, calls, requests, counters);
  }

  /**
   * Starts the server and talks to it.
   *
   * @throws SandboxException what {@link StdioTransport#start} throws; nothing is left running then
   */
  public static RpcPeer start(StdioTransport transport, RpcOptions options, RpcHandler handler) {
    return start(transport, options, handler, new RpcCounters());
  }

  /** As {@link #start(StdioTransport, RpcOptions, RpcHandler)}, with counters that go on. */
  public static RpcPeer start(
      StdioTransport transport, RpcOptions options, RpcHandler handler, RpcCounters counters) {
    RpcPeer peer = new RpcPeer(options, handler, counters);
    try {
      peer.attach(transport.start(peer.new Streams()));
    } catch (RuntimeException | Error e) {
      peer.threads.close();
      throw e;
    }
    return peer;
  }

  /**
   * Sends a request. Waits while the outbox is full, up to the timeout of the call, which starts
   * here; an interrupt meanwhile cancels the call and stays with the thread.
   *
   * @param params an object, or null for none
   * @throws SandboxException at once, with nothing pending: {@code RESOURCE_EXHAUSTED} when the
   *     message is above {@link RpcOptions#maxOutboundBytes}, {@code CLOSED} or {@code UNAVAILABLE}
   *     when the connection is no longer open, {@code INVALID_ARGUMENT} when progress is wanted and
   *     params are not an object. All that comes later is the outcome of the call
   */
  public RpcCall call(String method, @Nullable Json params, CallOptions how) {
    long id = calls.newId();
    byte[] content = params == null ? null : JsonBytes.utf8(params.toString());
    if (how.progress().isPresent() || how.resetOnProgress()) {
      content = RequestLine.withProgressToken(content, id);
    }
    return submit(
        new Outbox.Message(RequestLine.request(id, method, content)), newCall(id, method, how));
  }

  /** As {@link #call(String, Json, CallOptions)} with {@link CallOptions#defaults()}. */
  public RpcCall call(String method, @Nullable Json params) {
    return call(method, params, CallOptions.defaults());
  }

  /**
   * Sends somebody else's request under an id of ours, its progress token (if it has one) replaced
   * by ours too; all other bytes stay, line ends between tokens become spaces. The answer, and
   * progress for the listener, come back with the original id and token and otherwise as the server
   * wrote them.
   *
   * @throws SandboxException as {@link #call}; {@code INVALID_ARGUMENT} when it is not a request
   */
  public RpcCall forward(Envelope request, CallOptions how) {
    String foreignId = request.id().orElse(null);
    if (request.kind() != Envelope.Kind.REQUEST || foreignId == null) {
      throw SandboxException.invalid("forward", request.toString(), "it is not a request");
    }
    long id = calls.newId();
    String token = request.progressToken();
    Envelope sent = request;
    if (token != null || how.resetOnProgress()) {
      sent = request.with(Long.toString(id), "params", "_meta", "progressToken");
    }
    return submit(
        new Outbox.Message(sent.toLine(Long.toString(id))),
        new RpcCall(id, request.method(), how, limits(how), calls, foreignId, token));
  }

  /**
   * Sends a notification. Waits while the outbox is full, up to the connection's timeout.
   *
   * @param params an object, or null for none
   * @throws SandboxException {@code RESOURCE_EXHAUSTED} (too long), {@code TIMEOUT} (the server
   *     does not read), {@code CANCELLED} (interrupted; stays so), {@code CLOSED}, {@code
   *     UNAVAILABLE}. Without one it is on its way, which is no proof that it arrives
   */
  public void notify(String method, @Nullable Json params) {
    send(Envelope.notification(method, params));
  }

  /**
   * Sends somebody else's notification as it is.
   *
   * @throws SandboxException as {@link #notify(String, Json)}; {@code INVALID_ARGUMENT} when it is
   *     not a notification. Answers are given with {@link IncomingRequest#answer}
   */
  public void send(Envelope notification) {
    if (notification.kind() != Envelope.Kind.NOTIFICATION) {
      throw SandboxException.invalid("send", notification.toString(), "it is not a notification");
    }
    Outbox.Message message = new Outbox.Message(notification.toLine());
    String operation = "send " + notification.method();
    checkSize(operation, message);
    checkOpen(operation);
    try {
      if (!outbox.put(message, options.timeout().toNanos())) {
        checkOpen(operation);
        throw SandboxException.of(Code.TIMEOUT, operation, name)
            .detail("the server did not read for " + options.timeout())
            .build();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw SandboxException.of(Code.CANCELLED, operation, name).detail("interrupted").build();
    }
  }

  /** Whether arrays of messages are taken from now on; at first as in the options. */
  public void acceptBatches(boolean accepted) {
    inbound.acceptBatches(accepted);
  }

  public State state() {
    if (exit.get() != null) {
      return State.CLOSED;
    }
    return end.get() == null ? State.OPEN : State.CLOSING;
  }

  /** How the process ended, once it has. */
  public Optional<ServerExit> exit() {
    return Optional.ofNullable(exit.get());
  }

  /**
   * Completes with the end of the process, once all calls have ended; {@link RpcHandler#ended} may
   * come later. What depends on it runs on a callback thread.
   */
  public CompletableFuture<ServerExit> ended() {
    return ended.copy();
  }

  /** The last 8 KiB at most of the server's stderr. */
  public String stderrTail() {
    return inbound.stderrTail();
  }

  public RpcCounters counters() {
    return counters;
  }

  /** How many calls are under way. */
  public int pending() {
    return calls.size();
  }

  /**
   * Begins to end the server and returns at once. Calls fail with {@code CLOSED}, now and from now
   * on; notifications and answers that wait are still written. Then stdin ends, and SIGTERM and
   * SIGKILL follow when that does not help within the graces. Does nothing the second time.
   */
  public void beginClose() {
    PeerEnd before = end.getAndUpdate(now -> exit.get() == null ? PeerEnd.closed() : now);
    if (exit.get() != null && before != null) {
      return;
    }
    calls.endAll(this::failure, true);
    beginShutdown();
  }

  /**
   * As {@link #beginClose}, and waits until the process has ended, the sum of the graces at most.
   * An interrupt kills it at once, and stays with the thread. May be called by anybody, callbacks
   * included, any number of times.
   */
  @Override
  public void close() {
    beginClose();
    try {
      gone.await();
    } catch (InterruptedException e) {
      kill();
      Thread.currentThread().interrupt();
    }
  }

  /** Ends the server with SIGKILL; does not wait. */
  public void kill() {
    beginClose();
    Shutdown steps = shutdown;
    if (steps != null && exit.get() == null) {
      steps.kill();
    }
  }

  /** What runs and how far it is; no content. */
  @Override
  public String toString() {
    return name + " (" + state() + ")";
  }

  /** The process has ended; on the channel's thread. */
  private void exited(ServerExit how) {
    if (!exit.compareAndSet(null, how)) {
      return;
    }
    end.updateAndGet(
        now ->
            now != null && now.code() == Code.CLOSED
                ? now
                : PeerEnd.exited(how, inbound.stderrTail()));
    Shutdown steps = shutdown;
    if (steps != null) {
      steps.ended();
    }
    outbox.abort();
    calls.endAll(this::failure, false);
    requests.cancelAll();
    gone.countDown();
    threads.execute(() -> ended.complete(how));
    inbound.whenHandled(() -> tellEnd(how));
  }

  private void attach(StdioChannel channel) {
    name = channel.toString();
    inbound.name(name);
    shutdown = new Shutdown(options, channel, outbox, this::exited);
    outbox.start(channel, name);
    if (exit.get() != null) {
      outbox.abort();
    } else if (end.get() != null) {
      beginShutdown(); // it failed before there was anything to shut down
    }
  }

  private RpcCall newCall(long id, String method, CallOptions how) {
    return new RpcCall(id, method, how, limits(how), calls, null, null);
  }

  private CallDeadline limits(CallOptions how) {
    return new CallDeadline(how, options, options.timer().nanoTime());
  }

  private RpcCall submit(Outbox.Message message, RpcCall call) {
    String operation = "call " + call.method();
    checkSize(operation, message);
    checkOpen(operation);
    call.message(message);
    calls.add(call);
    PeerEnd over = end.get();
    if (over != null) {
      calls.end(call, over.failure(operation, name));
      return call;
    }
    try {
      if (!outbox.put(message, call.limits().patience(options.timer().nanoTime()))) {
        calls.giveUp(call, Code.TIMEOUT, "the server does not read", null);
      }
    } catch (InterruptedException e) {
      call.cancel("the caller was interrupted");
      Thread.currentThread().interrupt();
    }
    return call;
  }

  private void checkSize(String operation, Outbox.Message message) {
    if (message.size() - 1 > options.maxOutboundBytes()) {
      throw SandboxException.of(Code.RESOURCE_EXHAUSTED, operation, name)
          .detail(
              "the message has "
                  + (message.size() - 1)
                  + " bytes, the limit is "
                  + options.maxOutboundBytes())
          .remedy("send less, or raise the limit if the server can take it")
          .build();
    }
  }

  private void checkOpen(String operation) {
    PeerEnd over = end.get();
    if (over != null) {
      throw over.failure(operation, name);
    }
  }

  private SandboxException failure(RpcCall call) {
    PeerEnd over = end.get();
    return (over == null ? PeerEnd.closed() : over).failure("call " + call.method(), name);
  }

  private void writeFailed(IOException cause) {
    breakUp(PeerEnd.broken("the server takes no input any more", cause));
    calls.endUnwritten(this::failure);
  }

  private void breakUp(PeerEnd why) {
    end.compareAndSet(null, why);
    beginShutdown();
  }

  private void beginShutdown() {
    Shutdown steps = shutdown;
    if (steps != null && exit.get() == null && shuttingDown.compareAndSet(false, true)) {
      steps.begin();
    }
  }

  private void tellEnd(ServerExit how) {
    try {
      PeerEnd over = end.get();
      handler.ended(how, (over == null ? PeerEnd.closed() : over).failure("talk to", name));
    } catch (RuntimeException e) {
      inbound.handlerFailed("ended", e);
    }
    calls.close();
    threads.close();
  }

  /** What the channel brings: lines for the reader, and the end. */
  private final class Streams implements StdioChannel.Receiver {
    @Override
    public void stdout(byte[] bytes) {
      inbound.stdout(bytes);
    }

    @Override
    public void longLine(long length, byte[] head, byte[] tail) {
      inbound.longLine(length, head, tail);
    }

    @Override
    public void stderr(byte[] bytes) {
      inbound.stderr(bytes);
    }

    /** The server will say nothing more, but its process is there. */
    @Override
    public void stdoutClosed() {
      inbound.finish();
      breakUp(PeerEnd.broken("the server has closed its stdout", null));
      var unused =
          options
              .timer()
              .schedule(() -> calls.endAll(RpcPeer.this::failure, false), EXIT_FOLLOWS.toNanos());
    }

    @Override
    public void ended(ServerExit exit) {
      inbound.finish();
      exited(exit);
    }
  }
}
