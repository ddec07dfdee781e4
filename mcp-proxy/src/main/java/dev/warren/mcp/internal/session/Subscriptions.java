package dev.warren.mcp.internal.session;

import dev.warren.SandboxException;
import dev.warren.mcp.Json;
import dev.warren.mcp.McpCapabilities;
import dev.warren.mcp.McpErrorException;
import dev.warren.mcp.McpListener;
import dev.warren.mcp.McpSubscription;
import dev.warren.mcp.McpSubscriptionFilter;
import dev.warren.mcp.internal.message.Envelope;
import dev.warren.mcp.internal.rpc.CallOptions;
import dev.warren.mcp.internal.rpc.RpcCall;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a session wants to hear of, over all its processes. In the modern era one stream carries
 * what the session's listeners get, and each {@link McpSubscription} is one more. Thread-safe.
 */
final class Subscriptions {
  private static final String LISTEN = "subscriptions/listen";
  private static final String ACKNOWLEDGED = "notifications/subscriptions/acknowledged";
  private static final Logger LOG = LoggerFactory.getLogger(Subscriptions.class);

  /** A stream's name: ids begin anew with each process. */
  private record Carried(ServerProcess process, String id) {}

  private final RequestMetadata modern;
  private final SessionListeners listeners;
  private final ReentrantLock lock = new ReentrantLock();
  private final Set<String> watched = new LinkedHashSet<>();
  private final Set<SubscriptionStream> streams = new LinkedHashSet<>();
  private final Map<Carried, SubscriptionStream> carried = new HashMap<>();
  private @Nullable SubscriptionStream standing;

  Subscriptions(RequestMetadata modern, SessionListeners listeners) {
    this.modern = modern;
    this.listeners = listeners;
  }

  /** Asks a new process for all that is wanted; waits for no answer. */
  void ready(ServerProcess process) {
    List<SubscriptionStream> open;
    List<String> uris;
    lock.lock();
    try {
      open = List.copyOf(streams);
      uris = List.copyOf(watched);
    } finally {
      lock.unlock();
    }
    open.forEach(stream -> open(stream, process));
    if (process.isModern()) {
      SubscriptionStream unused = renewStanding(process);
    } else {
      uris.forEach(uri -> logged(legacy(process, "resources/subscribe", uri)));
    }
  }

  /** Completes when the server has agreed. */
  CompletableFuture<?> watch(ServerProcess process, String uri) {
    if (!process.isModern()) {
      return legacy(process, "resources/subscribe", uri).thenRun(() -> change(uri, true));
    }
    change(uri, true);
    SubscriptionStream stream = renewStanding(process);
    if (stream == null) {
      return CompletableFuture.completedFuture(null);
    }
    return stream
        .acknowledged()
        .whenComplete(
            (agreed, failure) -> {
              if (failure != null || !agreed.resources().contains(uri)) {
                change(uri, false);
              }
            })
        .thenAccept(
            agreed -> {
              if (!agreed.resources().contains(uri)) {
                throw Failures.unsupported(
                    LISTEN, "the server did not agree to this resource", "read it now and then");
              }
            });
  }

  CompletableFuture<?> unwatch(ServerProcess process, String uri) {
    change(uri, false);
    if (process.isModern()) {
      SubscriptionStream unused = renewStanding(process);
      return CompletableFuture.completedFuture(null);
    }
    return isWanted(uri)
        ? CompletableFuture.completedFuture(null)
        : legacy(process, "resources/unsubscribe", uri);
  }

  /** A listener of the session came: in the modern era lists must be asked for. */
  void listenersChanged(ServerProcess process) {
    if (process.isModern()) {
      SubscriptionStream unused = renewStanding(process);
    }
  }

  SubscriptionStream add(McpSubscriptionFilter filter, McpListener listener) {
    SubscriptionStream stream = new SubscriptionStream(this, filter, listener);
    lock.lock();
    try {
      streams.add(stream);
    } finally {
      lock.unlock();
    }
    return stream;
  }

  /** Opens a stream on a process, once. */
  void open(SubscriptionStream stream, ServerProcess process) {
    if (stream.isOver() || !stream.take(process)) {
      return;
    }
    if (process.isModern()) {
      listen(stream, process);
      return;
    }
    McpCapabilities can = process.description().orElseThrow().capabilities();
    McpSubscriptionFilter asked = stream.filter();
    List<String> uris = can.resourcesSubscribe() ? asked.resources() : List.of();
    McpSubscriptionFilter agreed =
        new McpSubscriptionFilter(
            asked.toolsChanged() && can.toolsListChanged(),
            asked.promptsChanged() && can.promptsListChanged(),
            asked.resourcesChanged() && can.resourcesListChanged(),
            uris);
    CompletableFuture<?>[] all =
        uris.stream()
            .map(uri -> legacy(process, "resources/subscribe", uri))
            .toArray(CompletableFuture[]::new);
    var unused =
        CompletableFuture.allOf(all)
            .whenComplete(
                (none, failure) -> {
                  if (failure == null) {
                    stream.agreed(agreed);
                  } else if (failure.getCause() instanceof McpErrorException refused) {
                    stream.fail(refused);
                  } else {
                    stream.over(null, failure.getCause());
                  }
                });
  }

  void close(SubscriptionStream stream) {
    RpcCall call = stream.call();
    boolean over = stream.isOver();
    stream.end();
    if (call != null) {
      boolean unused = call.cancel("the subscription was closed");
    } else if (!over) {
      ServerProcess process = stream.carrier();
      if (process != null && process.isOpen() && !process.isModern()) {
        stream.filter().resources().stream()
            .filter(uri -> !isWanted(uri))
            .forEach(uri -> logged(legacy(process, "resources/unsubscribe", uri)));
      }
    }
  }

  void forget(SubscriptionStream stream) {
    lock.lock();
    try {
      streams.remove(stream);
      if (standing == stream) {
        standing = null;
      }
    } finally {
      lock.unlock();
    }
  }

  /** The session has ended. */
  void closeAll() {
    List<SubscriptionStream> open;
    lock.lock();
    try {
      open = new ArrayList<>(streams);
      if (standing != null) {
        open.add(standing);
      }
    } finally {
      lock.unlock();
    }
    open.forEach(SubscriptionStream::end);
  }

  /** Gives a notification to those it is for. */
  void route(ServerProcess process, Envelope notification) {
    if (!process.isModern()) {
      toStreams(notification);
      listeners.tell(SessionListeners.of(notification));
      return;
    }
    String id =
        notification.method().equals("notifications/cancelled")
            ? notification.token("params", "requestId").orElse("")
            : notification.token("params", "_meta", RequestMetadata.SUBSCRIPTION).orElse("");
    SubscriptionStream stream = id.isEmpty() ? null : find(process, id);
    if (stream == null) {
      listeners.tell(SessionListeners.of(notification));
    } else if (notification.method().equals(ACKNOWLEDGED)) {
      Json to =
          notification.token("params", "notifications").map(Json::parse).orElse(Json.EMPTY_OBJECT);
      stream.agreed(McpSubscriptionFilter.from(to));
    } else if (notification.method().equals("notifications/cancelled")) {
      close(stream);
    } else if (!stream.isSpeaking()) {
      LOG.warn("a server spoke on a subscription before it agreed to it; skipped");
    } else if (stream.listener().isEmpty()) {
      listeners.tell(SessionListeners.of(notification));
    } else {
      listeners.tell(stream.listener(), SessionListeners.of(notification));
    }
  }

  private void toStreams(Envelope notification) {
    String method = notification.method();
    String uri =
        notification.token("params", "uri").map(Json::parse).flatMap(u -> u.string("")).orElse("");
    List<SubscriptionStream> open;
    lock.lock();
    try {
      open = List.copyOf(streams);
    } finally {
      lock.unlock();
    }
    for (SubscriptionStream stream : open) {
      McpSubscriptionFilter filter = stream.filter();
      boolean wanted =
          switch (method) {
            case SessionListeners.TOOLS -> filter.toolsChanged();
            case SessionListeners.PROMPTS -> filter.promptsChanged();
            case SessionListeners.RESOURCES -> filter.resourcesChanged();
            case SessionListeners.UPDATED -> filter.resources().stream().anyMatch(uri::startsWith);
            default -> false;
          };
      if (wanted && stream.isSpeaking()) {
        listeners.tell(stream.listener(), SessionListeners.of(notification));
      }
    }
  }

  /** Opens the stream of the session's listeners anew, if it is to carry something else. */
  private @Nullable SubscriptionStream renewStanding(ServerProcess process) {
    McpCapabilities can = process.description().orElseThrow().capabilities();
    boolean heard = listeners.hasListeners();
    SubscriptionStream old;
    SubscriptionStream fresh;
    lock.lock();
    try {
      McpSubscriptionFilter filter =
          new McpSubscriptionFilter(
              heard && can.toolsListChanged(),
              heard && can.promptsListChanged(),
              heard && can.resourcesListChanged(),
              List.copyOf(watched));
      old = standing;
      if (old != null && old.filter().equals(filter) && old.carrier() == process) {
        return old;
      }
      fresh = filter.isEmpty() ? null : new SubscriptionStream(this, filter, null);
      standing = fresh;
    } finally {
      lock.unlock();
    }
    if (fresh != null) {
      open(fresh, process);
    }
    if (old != null && fresh == null) {
      close(old);
    } else if (old != null) {
      // the old one speaks until the new one does, so that nothing is missed
      var unused = fresh.acknowledged().whenComplete((agreed, failure) -> close(old));
    }
    return fresh;
  }

  private void listen(SubscriptionStream stream, ServerProcess process) {
    Json params =
        modern.complete(
            LISTEN,
            java.util.Optional.of(Json.of(Map.of("notifications", stream.filter().toJson()))));
    RpcCall call;
    lock.lock(); // the first words on a stream wait until its id is known
    try {
      call = process.call(LISTEN, params, CallOptions.defaults().withoutTimeout().withInOrder());
      stream.carry(call);
      carried.put(new Carried(process, Long.toString(call.id())), stream);
    } catch (SandboxException e) {
      stream.over(null, e);
      return;
    } finally {
      lock.unlock();
    }
    var unused =
        call.future()
            .whenComplete(
                (answer, failure) -> {
                  lock.lock();
                  try {
                    carried.remove(new Carried(process, Long.toString(call.id())), stream);
                  } finally {
                    lock.unlock();
                  }
                  stream.over(answer, failure);
                });
  }

  private @Nullable SubscriptionStream find(ServerProcess process, String id) {
    lock.lock();
    try {
      return carried.get(new Carried(process, id));
    } finally {
      lock.unlock();
    }
  }

  private void change(String uri, boolean wanted) {
    lock.lock();
    try {
      boolean unused = wanted ? watched.add(uri) : watched.remove(uri);
    } finally {
      lock.unlock();
    }
  }

  private boolean isWanted(String uri) {
    lock.lock();
    try {
      return watched.contains(uri)
          || streams.stream().anyMatch(stream -> stream.filter().resources().contains(uri));
    } finally {
      lock.unlock();
    }
  }

  private CompletableFuture<?> legacy(ServerProcess process, String method, String uri) {
    try {
      return process
          .call(method, Json.of(Map.of("uri", uri)), CallOptions.defaults())
          .future()
          .thenAccept(
              answer -> {
                if (answer.kind() == Envelope.Kind.ERROR) {
                  throw new McpErrorException(method, answer.error().orElseThrow());
                }
              });
    } catch (SandboxException e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  private static void logged(CompletableFuture<?> change) {
    var unused =
        change.whenComplete(
            (none, failure) -> {
              if (failure != null) {
                LOG.warn("a resource could not be (un)subscribed: {}", failure.getMessage());
              }
            });
  }
}
