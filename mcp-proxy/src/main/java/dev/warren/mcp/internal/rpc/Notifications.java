package dev.warren.mcp.internal.rpc;

import dev.warren.mcp.internal.message.Envelope;
import dev.warren.mcp.internal.message.JsonBytes;
import dev.warren.mcp.internal.message.JsonBytes.Range;
import dev.warren.mcp.internal.message.MessageIds;
import dev.warren.mcp.internal.thread.CallbackThreads;
import dev.warren.mcp.internal.thread.SerialQueue;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Notifications of the server, handled one after the other; answers that must come after them. */
final class Notifications {
  static final String PROGRESS = "notifications/progress";

  private static final String MESSAGE = "notifications/message";
  private static final Logger LOG = LoggerFactory.getLogger(Notifications.class);

  private final RpcOptions options;
  private final RpcHandler handler;
  private final PendingCalls calls;
  private final RpcCounters counters;
  private final SerialQueue queue;

  Notifications(
      RpcOptions options,
      RpcHandler handler,
      CallbackThreads threads,
      PendingCalls calls,
      RpcCounters counters) {
    this.options = options;
    this.handler = handler;
    this.calls = calls;
    this.counters = counters;
    queue = new SerialQueue(threads, options.notifications(), options.incomingBytes());
  }

  /** For the handler. */
  void add(Envelope notification) {
    offer(
        notification,
        () -> {
          try {
            handler.notification(notification);
          } catch (Exception | AssertionError e) {
            failed(notification.method(), e);
          }
        });
  }

  /** Takes progress of a call that is under way and wants it; false for any other. */
  boolean progress(Envelope notification) {
    RpcCall call = calls.find(token(notification));
    if (call == null) {
      counters.unknownProgress.increment();
      return false;
    }
    call.limits().extend(options.timer().nanoTime());
    call.options()
        .progress()
        .ifPresent(
            listener ->
                offer(
                    notification,
                    () -> {
                      try {
                        if (!call.isDone()) {
                          listener.accept(call.restoredProgress(notification));
                        }
                      } catch (RuntimeException | AssertionError e) {
                        failed("progress of " + call.method(), e);
                      }
                    }));
    return true;
  }

  /** Ends a call once all notifications before its answer were handled; false if it had one. */
  boolean answerAfterThem(RpcCall call, Envelope answer) {
    if (!call.hold(answer)) {
      return false;
    }
    queue.add(() -> calls.end(call, answer));
    return true;
  }

  void afterAll(Runnable task) {
    queue.add(task);
  }

  void failed(String what, Throwable failure) {
    counters.handlerFailures.increment();
    LOG.warn("a handler failed on {}", LogText.escape(what), failure);
  }

  private void offer(Envelope notification, Runnable task) {
    String method = notification.method();
    boolean important = !method.equals(PROGRESS) && !method.equals(MESSAGE);
    if (!queue.offer(task, notification.size(), important)) {
      counters.droppedNotifications.increment();
    }
  }

  private static long token(Envelope notification) {
    byte[] token = JsonBytes.utf8(notification.token("params", "progressToken").orElse("0"));
    return MessageIds.number(token, new Range(0, token.length));
  }
}
