package dev.warren.mcp.internal.session;

import dev.warren.mcp.Json;
import dev.warren.mcp.McpListener;
import dev.warren.mcp.McpLogMessage;
import dev.warren.mcp.McpNotification;
import dev.warren.mcp.internal.message.Envelope;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells the listeners of a session, one thing at a time. Thread-safe. */
final class SessionListeners {
  static final String TOOLS = "notifications/tools/list_changed";
  static final String RESOURCES = "notifications/resources/list_changed";
  static final String PROMPTS = "notifications/prompts/list_changed";
  static final String UPDATED = "notifications/resources/updated";
  private static final String MESSAGE = "notifications/message";
  private static final Logger LOG = LoggerFactory.getLogger(SessionListeners.class);

  private final List<McpListener> listeners;
  private final ReentrantLock turn = new ReentrantLock(true);

  SessionListeners(List<McpListener> listeners) {
    this.listeners = new CopyOnWriteArrayList<>(listeners);
  }

  void add(McpListener listener) {
    listeners.add(listener);
  }

  void remove(McpListener listener) {
    listeners.remove(listener);
  }

  boolean hasListeners() {
    return !listeners.isEmpty();
  }

  /** Tells all listeners of the session. */
  void tell(Consumer<McpListener> what) {
    tell(listeners, what);
  }

  void tell(List<McpListener> some, Consumer<McpListener> what) {
    turn.lock();
    try {
      for (McpListener listener : some) {
        try {
          what.accept(listener);
        } catch (RuntimeException | AssertionError e) {
          LOG.warn("a listener failed", e);
        }
      }
    } finally {
      turn.unlock();
    }
  }

  /** What a notification means to a listener. */
  static Consumer<McpListener> of(Envelope notification) {
    Json params = notification.params().orElse(Json.EMPTY_OBJECT);
    McpNotification raw = new McpNotification(notification.method(), params);
    Consumer<McpListener> typed =
        switch (notification.method()) {
          case TOOLS -> McpListener::toolsChanged;
          case RESOURCES -> McpListener::resourcesChanged;
          case PROMPTS -> McpListener::promptsChanged;
          case UPDATED -> {
            String uri = params.string("/uri").orElse("");
            yield listener -> listener.resourceUpdated(uri);
          }
          case MESSAGE -> {
            McpLogMessage message = McpLogMessage.from(params);
            yield listener -> listener.logMessage(message);
          }
          default -> listener -> {};
        };
    return listener -> {
      try {
        typed.accept(listener);
      } finally {
        listener.notification(raw);
      }
    };
  }
}
