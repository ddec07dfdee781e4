package dev.warren.mcp.internal.rpc;

import dev.warren.mcp.Json;
import dev.warren.mcp.McpErrorException;
import dev.warren.mcp.McpErrorException.RpcError;
import dev.warren.mcp.internal.message.Envelope;
import dev.warren.mcp.internal.message.MessageIds;
import dev.warren.mcp.internal.thread.CallbackThreads;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The requests of the server that are not answered yet: bounded in number and bytes, some handled
 * at the same time, each answered once. Thread-safe.
 */
final class IncomingRequests {
  private static final Logger LOG = LoggerFactory.getLogger(IncomingRequests.class);
  private static final int INTERNAL_ERROR = -32603;

  private final RpcOptions options;
  private final RpcHandler handler;
  private final CallbackThreads threads;
  private final Outbox outbox;
  private final RpcCounters counters;
  private final Map<Object, IncomingRequest> open = new ConcurrentHashMap<>();
  private final ReentrantLock lock = new ReentrantLock();
  private final Queue<IncomingRequest> waiting = new ArrayDeque<>();
  private int unanswered;
  private int handling;
  private long bytes;

  IncomingRequests(
      RpcOptions options,
      RpcHandler handler,
      CallbackThreads threads,
      Outbox outbox,
      RpcCounters counters) {
    this.options = options;
    this.handler = handler;
    this.threads = threads;
    this.outbox = outbox;
    this.counters = counters;
  }

  /** Takes a request; on the reader's thread. */
  void accept(Envelope request) {
    if (!handler.takesRequests()) {
      counters.untakenRequests.increment();
      return;
    }
    String id = request.id().orElseThrow();
    Optional<Json> known = atOnce(request);
    if (known.isPresent()) {
      reply(Envelope.result(id, known.get()));
      return;
    }
    IncomingRequest incoming = new IncomingRequest(request, id, this);
    lock.lock();
    try {
      if (unanswered >= options.incomingRequests()
          || (unanswered > 0 && bytes + request.size() > options.incomingBytes())) {
        incoming = null;
      } else {
        unanswered++;
        bytes += request.size();
        open.put(MessageIds.key(id), incoming); // before anybody can take it, and remove it
        waiting.add(incoming);
      }
    } finally {
      lock.unlock();
    }
    if (incoming == null) {
      counters.refusedRequests.increment();
      refuse(id, INTERNAL_ERROR, "too many requests are not answered yet");
      return;
    }
    startNext();
  }

  /** The server takes a request back; false when it is not (or no longer) known. */
  boolean cancel(Envelope notification) {
    IncomingRequest request =
        notification.token("params", "requestId").map(MessageIds::key).map(open::get).orElse(null);
    if (request == null) {
      return false;
    }
    request.cancel(notification);
    return true;
  }

  /** Ends all of them without an answer: there is nobody to read it. */
  void cancelAll() {
    List.copyOf(open.values()).forEach(request -> request.cancel(null));
  }

  /** Answers what never became a request. */
  void refuse(String id, long code, String message) {
    reply(Envelope.error(id, new RpcError(code, message, Optional.empty())));
  }

  boolean answer(IncomingRequest request, Envelope answer) {
    done(request);
    if (answer.size() > options.maxOutboundBytes()) {
      refuse(request.id(), INTERNAL_ERROR, "the answer is too long");
    } else {
      reply(answer);
    }
    return true;
  }

  /** Gives its place to another one. */
  void done(IncomingRequest request) {
    open.remove(MessageIds.key(request.id()), request);
    lock.lock();
    try {
      unanswered--;
      bytes -= request.envelope().size();
      waiting.remove(request);
    } finally {
      lock.unlock();
    }
  }

  void callback(Runnable task) {
    threads.execute(task);
  }

  private Optional<Json> atOnce(Envelope request) {
    try {
      return handler.atOnce(request);
    } catch (RuntimeException e) {
      counters.handlerFailures.increment();
      LOG.warn("a handler failed on {}", LogText.escape(request.method()), e);
      return Optional.empty(); // it gets its turn as any other
    }
  }

  /** Answers do not wait for room, but there is an end to what a server can be owed. */
  private void reply(Envelope answer) {
    Outbox.Message message = new Outbox.Message(answer.toLine());
    if (outbox.waiting() > 2L * options.outboxBytes()) {
      counters.droppedAnswers.increment();
    } else {
      outbox.admit(message);
    }
  }

  private void startNext() {
    lock.lock();
    try {
      if (handling < options.handlers() && !waiting.isEmpty()) {
        handling++;
        threads.execute(this::handleOne);
      }
    } finally {
      lock.unlock();
    }
  }

  private void handleOne() {
    IncomingRequest request;
    lock.lock();
    try {
      request = waiting.poll();
    } finally {
      lock.unlock();
    }
    try {
      if (request != null) {
        handle(request);
      }
    } finally {
      lock.lock();
      try {
        handling--;
      } finally {
        lock.unlock();
      }
      startNext();
    }
  }

  @SuppressWarnings("Interruption") // the handler's interrupt is a cancel, or its own affair
  private void handle(IncomingRequest request) {
    try {
      if (request.enter(Thread.currentThread())) {
        handler.request(request);
      }
    } catch (McpErrorException e) {
      request.error(e.error());
    } catch (Exception | StackOverflowError | LinkageError | AssertionError e) {
      if (!request.isCancelled()) {
        counters.handlerFailures.increment();
        LOG.warn("a handler failed on {}", LogText.escape(request.method()), e);
        request.error(
            new RpcError(INTERNAL_ERROR, "the client failed to handle it", Optional.empty()));
      }
    } finally {
      request.leave();
    }
  }
}
