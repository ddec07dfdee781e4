package dev.warren.mcp.internal.http.legacy;

import dev.warren.mcp.McpErrorException.RpcError;
import dev.warren.mcp.internal.errors.ErrorCodes;
import dev.warren.mcp.internal.http.budget.EndpointSettings;
import dev.warren.mcp.internal.http.exchange.HttpThreads;
import dev.warren.mcp.internal.http.stream.EventStream;
import dev.warren.mcp.internal.message.Envelope;
import dev.warren.mcp.internal.rpc.IncomingRequest;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The requests of a server that wait for the client's answer. Each is answered once: by the client,
 * or with an error when the client takes too long, has gone and does not come back, or cannot be
 * reached. Their ids towards the client are our own. Thread-safe.
 */
final class ServerRequests implements AutoCloseable {
  private static final RpcError GONE =
      new RpcError(ErrorCodes.INTERNAL_ERROR, "the client has gone", Optional.empty());
  private static final RpcError LATE =
      new RpcError(
          ErrorCodes.INTERNAL_ERROR, "the client did not answer in time", Optional.empty());

  private final EndpointSettings settings;
  private final HttpThreads threads;
  private final Map<String, Open> open = new ConcurrentHashMap<>();
  private final AtomicLong lastId = new AtomicLong();
  private volatile boolean closed;

  private record Open(IncomingRequest request, EventStream stream, Future<?> timeout) {}

  ServerRequests(EndpointSettings settings, HttpThreads threads) {
    this.settings = settings;
    this.threads = threads;
  }

  /** Sends a request to the client on a stream. */
  void ask(IncomingRequest request, EventStream stream) {
    String id = Long.toString(lastId.incrementAndGet());
    Future<?> timeout = threads.later(() -> fail(id, LATE), settings.times().input());
    open.put(id, new Open(request, stream, timeout));
    if (closed) {
      fail(id, GONE);
      return;
    }
    request.onCancel(() -> takeBack(id));
    stream.send(request.envelope().withId(id).toBytes());
    if (!stream.attached()) {
      clientLeft(stream);
    }
  }

  /** The client's answer; one that nobody waits for is dropped. */
  void answer(Envelope answer) {
    answer
        .id()
        .map(open::remove)
        .ifPresent(
            found -> {
              found.timeout.cancel(false);
              found.request.answer(answer);
            });
  }

  /** Gives the client some time to come back to a stream. */
  void clientLeft(EventStream stream) {
    if (open.values().stream().noneMatch(each -> each.stream == stream)) {
      return;
    }
    var unused =
        threads.later(
            () -> {
              if (!stream.attached()) {
                open.forEach(
                    (id, each) -> {
                      if (each.stream == stream) {
                        fail(id, GONE);
                      }
                    });
              }
            },
            settings.times().reconnect());
  }

  @Override
  public void close() {
    closed = true;
    open.keySet().forEach(id -> fail(id, GONE));
  }

  private void takeBack(String id) {
    Open found = open.remove(id);
    if (found != null) {
      found.timeout.cancel(false);
      found
          .request
          .cancellation()
          .ifPresent(cancel -> found.stream.send(cancel.with(id, "params", "requestId").toBytes()));
    }
  }

  private void fail(String id, RpcError error) {
    Open found = open.remove(id);
    if (found != null) {
      found.timeout.cancel(false);
      found.request.error(error);
    }
  }
}
