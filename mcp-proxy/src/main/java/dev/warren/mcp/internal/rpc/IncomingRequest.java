package dev.warren.mcp.internal.rpc;

import dev.warren.mcp.Json;
import dev.warren.mcp.McpErrorException.RpcError;
import dev.warren.mcp.internal.message.Envelope;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * A request of the server. The first of {@code result}, {@code error}, {@code answer} and {@code
 * drop} decides; later ones do nothing. It takes one of the places for unanswered requests until
 * then. Thread-safe.
 */
public final class IncomingRequest {
  private static final int OPEN = 0;
  private static final int ANSWERED = 1;
  private static final int CANCELLED = 2;

  private final Envelope request;
  private final String id;
  private final IncomingRequests owner;
  private final AtomicInteger state = new AtomicInteger();
  private final ReentrantLock lock = new ReentrantLock();
  private @Nullable Thread handler;
  private @Nullable Runnable onCancel;
  private @Nullable Envelope cancel;

  IncomingRequest(Envelope request, String id, IncomingRequests owner) {
    this.request = request;
    this.id = id;
    this.owner = owner;
  }

  /** The request as it came. */
  public Envelope envelope() {
    return request;
  }

  public String method() {
    return request.method();
  }

  /** The id's token; the answer carries exactly it. */
  public String id() {
    return id;
  }

  /** Answers; says whether this was the answer. */
  public boolean result(Json result) {
    return claim() && owner.answer(this, Envelope.result(id, result));
  }

  /** Answers with an error; says whether this was the answer. */
  public boolean error(RpcError error) {
    return claim() && owner.answer(this, Envelope.error(id, error));
  }

  /** Answers with a message of somebody else, whose id is replaced and nothing more. */
  public boolean answer(Envelope answer) {
    return claim() && owner.answer(this, answer.withId(id));
  }

  /** Never answers; for a server that must not ask. */
  public boolean drop() {
    if (!claim()) {
      return false;
    }
    owner.done(this);
    return true;
  }

  /** Whether the server took the request back; there is nothing to answer then. */
  public boolean isCancelled() {
    return state.get() == CANCELLED;
  }

  /** The notification with which the server took it back. */
  public Optional<Envelope> cancellation() {
    lock.lock();
    try {
      return Optional.ofNullable(cancel);
    } finally {
      lock.unlock();
    }
  }

  /** Runs when the server takes the request back, or the connection ends; at once if it has. */
  public void onCancel(Runnable action) {
    lock.lock();
    try {
      if (!isCancelled()) {
        onCancel = action;
        return;
      }
    } finally {
      lock.unlock();
    }
    owner.callback(action);
  }

  /** The method and the size; no content. */
  @Override
  public String toString() {
    return request.toString();
  }

  /** Marks the time in which a cancel interrupts this thread; false when it came before. */
  boolean enter(Thread thread) {
    lock.lock();
    try {
      handler = thread;
      return !isCancelled();
    } finally {
      lock.unlock();
    }
  }

  void leave() {
    lock.lock();
    try {
      handler = null;
    } finally {
      lock.unlock();
    }
    boolean unused = Thread.interrupted(); // it was meant for this request only
  }

  /** Ends it without an answer. */
  void cancel(@Nullable Envelope notification) {
    Runnable action;
    lock.lock();
    try {
      if (!state.compareAndSet(OPEN, CANCELLED)) {
        return;
      }
      cancel = notification;
      action = onCancel;
      if (handler != null) {
        handler.interrupt();
      }
    } finally {
      lock.unlock();
    }
    owner.done(this);
    if (action != null) {
      owner.callback(action);
    }
  }

  private boolean claim() {
    return state.compareAndSet(OPEN, ANSWERED);
  }
}
