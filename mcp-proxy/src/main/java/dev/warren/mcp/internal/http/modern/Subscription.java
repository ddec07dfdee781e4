package dev.warren.mcp.internal.http.modern;

import dev.warren.mcp.Json;
import dev.warren.mcp.McpEra;
import dev.warren.mcp.internal.http.modern.ServerPool.Slot;
import dev.warren.mcp.internal.http.stream.EventStream;
import dev.warren.mcp.internal.message.Envelope;
import dev.warren.mcp.internal.rpc.CallOptions;
import dev.warren.mcp.internal.rpc.RpcCall;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One {@code subscriptions/listen} of a client: what changes in servers of the handshake revisions,
 * as far as it asked for it, or the stream of a server that knows such subscriptions itself.
 * Thread-safe.
 */
final class Subscription {
  private static final String ID = StatelessRequest.META + "subscriptionId";
  private static final int MOST_RESOURCES = 100;

  /** Member of the filter, capability that it needs, notification that it lets through. */
  private static final List<String[]> LISTS =
      List.of(
          new String[] {"toolsListChanged", "/capabilities/tools/listChanged", "tools"},
          new String[] {"promptsListChanged", "/capabilities/prompts/listChanged", "prompts"},
          new String[] {
            "resourcesListChanged", "/capabilities/resources/listChanged", "resources"
          });

  private final StatelessRequest request;
  private final EventStream stream;
  private final Slot slot;
  private final Consumer<Subscription> onEnd;
  private final Json filter;
  private final Set<String> wanted = ConcurrentHashMap.newKeySet();
  private final List<String> resources = new ArrayList<>();
  private final AtomicBoolean over = new AtomicBoolean();
  private volatile @Nullable RpcCall own;
  private volatile boolean ready;

  /**
   * @param slot of the process that it asks
   * @param onEnd called once, when it is over
   */
  Subscription(
      StatelessRequest request, EventStream stream, Slot slot, Consumer<Subscription> onEnd) {
    this.request = request;
    this.stream = stream;
    this.slot = slot;
    this.onEnd = onEnd;
    this.filter =
        request
            .message()
            .token("params", "notifications")
            .map(Json::parse)
            .orElse(Json.EMPTY_OBJECT);
  }

  /** Begins, once the process is there. On the slot's sender. */
  void begin(ServerProcess process) {
    if (process.era() == McpEra.MODERN) {
      passThrough(process);
      return;
    }
    acknowledge(process);
  }

  private synchronized void acknowledge(ServerProcess process) {
    Map<String, Object> granted = new LinkedHashMap<>();
    for (String[] list : LISTS) {
      if (isTrue(filter.at("/" + list[0])) && isTrue(process.server().at(list[1]))) {
        granted.put(list[0], true);
        wanted.add("notifications/" + list[2] + "/list_changed");
      }
    }
    if (isTrue(process.server().at("/capabilities/resources/subscribe"))) {
      subscribe(process, granted);
    }
    Map<String, Object> params = new LinkedHashMap<>();
    params.put("_meta", Map.of(ID, Json.parse(request.id())));
    params.put("notifications", granted);
    stream.send(
        Envelope.notification("notifications/subscriptions/acknowledged", Json.of(params))
            .toBytes());
    ready = true;
  }

  /** Holds back what the server tells meanwhile: it may be of this very subscription. */
  private synchronized void passThrough(ServerProcess process) {
    RpcCall call = process.forward(request.message(), CallOptions.defaults().withoutTimeout());
    own = call;
    ready = true;
    if (over.get()) {
      call.cancel("the client closed the stream");
    }
    var unused =
        call.future()
            .whenComplete(
                (answer, failure) ->
                    end(answer == null ? null : tagged(answer, "result").toBytes()));
  }

  /** Something that a process of the caller told. */
  synchronized void notification(Envelope notification) {
    RpcCall call = own;
    if (!ready) {
      return; // nothing comes before the acknowledgement
    }
    if (call != null) {
      String id = Long.toString(call.id());
      if (notification.token("params", "_meta", ID).filter(id::equals).isPresent()) {
        stream.send(tagged(notification, "params").toBytes());
      }
    } else if (wanted.contains(notification.method()) || isWatched(notification)) {
      stream.send(tagged(notification, "params").toBytes());
    }
  }

  /** The client has gone. */
  void clientLeft() {
    if (finish()) {
      RpcCall call = own;
      if (call != null) {
        call.cancel("the client closed the stream");
      }
    }
  }

  /** The stream ends in good order, so that the client listens again. */
  void processEnded(Slot ended) {
    if (ended == slot) {
      Json result =
          Json.of(Map.of("resultType", "complete", "_meta", Map.of(ID, Json.parse(request.id()))));
      end(Envelope.result(request.id(), result).toBytes());
    }
  }

  void abort() {
    stream.abort();
    boolean unused = finish();
  }

  /** Ends the stream, with a last message or without. */
  void end(byte @Nullable [] last) {
    if (last == null) {
      stream.finish();
    } else {
      stream.finish(last, 200);
    }
    boolean unused = finish();
  }

  private void subscribe(ServerProcess process, Map<String, Object> granted) {
    filter.at("/resourceSubscriptions").map(Json::elements).orElse(List.of()).stream()
        .limit(MOST_RESOURCES)
        .forEach(uri -> uri.string("").ifPresent(resources::add));
    for (String uri : resources) {
      RpcCall unused = process.call("resources/subscribe", Json.of(Map.of("uri", uri)));
    }
    if (!resources.isEmpty()) {
      granted.put("resourceSubscriptions", List.copyOf(resources));
    }
  }

  private boolean finish() {
    if (!over.compareAndSet(false, true)) {
      return false;
    }
    onEnd.accept(this);
    return true;
  }

  private boolean isWatched(Envelope notification) {
    return notification.method().equals("notifications/resources/updated")
        && notification
            .token("params", "uri")
            .flatMap(uri -> Json.parse(uri).string(""))
            .filter(resources::contains)
            .isPresent();
  }

  private Envelope tagged(Envelope message, String member) {
    return message.with(request.id(), member, "_meta", ID);
  }

  private static boolean isTrue(Optional<Json> value) {
    return value.filter(json -> json.toString().equals("true")).isPresent();
  }
}
