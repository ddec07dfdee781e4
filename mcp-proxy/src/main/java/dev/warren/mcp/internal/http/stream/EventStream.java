package dev.warren.mcp.internal.http.stream;

import dev.warren.mcp.http.McpHttpExchange;
import dev.warren.mcp.internal.http.budget.EndpointSettings;
import dev.warren.mcp.internal.http.exchange.HttpThreads;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The messages that answer one request, or that a client listens to: events with numbers, of which
 * some are kept for a client that loses its connection and comes back. An answer that comes first
 * and alone goes out as plain JSON; anything before it, or a while without one, makes the reply a
 * stream. Thread-safe; nothing here blocks but the writer's own thread.
 */
public final class EventStream {
  /** How the endpoint wants its streams. */
  public record Style(HttpThreads threads, Duration openAfter, Duration keepAlive, Duration retry) {
    public static Style of(EndpointSettings settings, HttpThreads threads) {
      return new Style(
          threads,
          settings.times().openAfter(),
          settings.times().keepAlive(),
          Duration.ofSeconds(1));
    }
  }

  private static final Map<String, String> HEADERS =
      Map.of(
          "Content-Type", "text/event-stream",
          "Cache-Control", "no-cache, no-transform",
          "X-Accel-Buffering", "no");

  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record Event(long number, byte[] data) {}

  /** The connection that the stream goes to at the moment. */
  private static final class Sink {
    final McpHttpExchange exchange;
    final Map<String, String> headers;
    final boolean events;
    @Nullable OutputStream out;
    boolean comment;
    boolean openNow;
    Future<?> timer = CompletableFuture.completedFuture(null);

    Sink(McpHttpExchange exchange, Map<String, String> headers, boolean events) {
      this.exchange = exchange;
      this.headers = headers;
      this.events = events;
    }
  }

  private final Style style;
  private final String name;
  private final @Nullable ReplayLog log;
  private final boolean primed;
  private final Consumer<EventStream> onDetach;
  private final TreeMap<Long, Event> events = new TreeMap<>();
  private @Nullable Sink sink;
  private long last;
  private long sent;
  private long lost;
  private boolean finished;
  private int status = 200;
  private boolean draining;

  private EventStream(
      Style style,
      String name,
      @Nullable ReplayLog log,
      boolean primed,
      Consumer<EventStream> onDetach) {
    this.style = style;
    this.name = name;
    this.log = log;
    this.primed = primed;
    this.onDetach = onDetach;
  }

  /**
   * A stream that a client may come back to.
   *
   * @param name unique in its session; part of the ids of its events
   * @param log bounds and keeps its events
   * @param primed whether it begins with an empty event that has an id
   * @param onDetach called on a writer's thread when the client turns out to have gone
   */
  public static EventStream resumable(
      Style style, String name, ReplayLog log, boolean primed, Consumer<EventStream> onDetach) {
    return new EventStream(style, name, log, primed, onDetach);
  }

  /**
   * A stream that ends with its connection: its events have no ids, and are gone once they are
   * written.
   *
   * @param onDetach called on a writer's thread when the client turns out to have gone
   */
  public static EventStream unresumable(Style style, Consumer<EventStream> onDetach) {
    return new EventStream(style, "", null, false, onDetach);
  }

  /**
   * Sends from now on to this exchange; one that it went to before is ended.
   *
   * @param after the number of the last event that the client has; negative for what it was sent
   * @param events whether the client takes a stream; otherwise it waits for the answer
   * @return false when events after that one are no longer kept
   */
  public boolean attach(
      McpHttpExchange exchange, Map<String, String> headers, boolean events, long after) {
    Sink old;
    synchronized (this) {
      if (after >= 0 && (after < lost || after > last)) {
        return false;
      }
      old = sink;
      Sink created = new Sink(exchange, headers, events);
      sink = created;
      if (after >= 0) {
        sent = after;
      }
      created.openNow = after >= 0;
      if (events) {
        created.timer = style.threads.later(() -> openNow(created), style.openAfter);
      }
    }
    if (old != null) {
      end(old);
    }
    drain();
    return true;
  }

  /** Makes the reply a stream without waiting for a first event. */
  public void open() {
    synchronized (this) {
      if (sink != null) {
        sink.openNow = true;
      }
    }
    drain();
  }

  /** Whether a client that takes a stream was there when it was last written to. */
  public synchronized boolean streams() {
    return sink != null && sink.events;
  }

  /** Whether any client was there when it was last written to. */
  public synchronized boolean attached() {
    return sink != null;
  }

  /** Whether there is nothing left to send, to anybody. */
  public synchronized boolean isSpent() {
    return finished && sink == null && events.isEmpty();
  }

  /** Adds a message. Does nothing after the last one. */
  public void send(byte[] message) {
    add(message, false, 200);
  }

  /** Adds the last message; the status counts if the reply is not a stream. */
  public void finish(byte[] message, int replyStatus) {
    add(message, true, replyStatus);
  }

  /** Ends the stream without a last message. */
  public void finish() {
    synchronized (this) {
      finished = true;
    }
    drain();
  }

  /** Cuts the connection, if there is one; the stream is over. */
  public void abort() {
    Sink old;
    synchronized (this) {
      finished = true;
      old = sink;
      sink = null;
    }
    if (old != null) {
      old.timer.cancel(false);
      old.exchange.abort();
    }
  }

  /** The log has no room for an event any more. */
  private void forget(long number) {
    Sink behind = null;
    synchronized (this) {
      events.remove(number);
      lost = Math.max(lost, number);
      if (number > sent && sink != null) {
        behind = sink;
      }
    }
    if (behind != null) {
      behind.exchange.abort(); // a gap must not look like a whole stream
    }
  }

  private void add(byte[] message, boolean end, int replyStatus) {
    long number;
    synchronized (this) {
      if (finished) {
        return;
      }
      number = ++last;
      events.put(number, new Event(number, oneLine(message)));
      finished = end;
      status = replyStatus;
    }
    if (log != null) {
      log.added(number, message.length, this::forget);
    }
    drain();
  }

  private void openNow(Sink expected) {
    synchronized (this) {
      if (sink != expected) {
        return;
      }
      if (expected.out == null) {
        expected.openNow = true;
      } else {
        expected.comment = true;
      }
      expected.timer = style.threads.later(() -> openNow(expected), style.keepAlive);
    }
    drain();
  }

  private void drain() {
    synchronized (this) {
      if (draining) {
        return;
      }
      draining = true;
    }
    style.threads.write(this::drainAll);
  }

  private void drainAll() {
    while (true) {
      Sink target;
      List<Event> batch = new ArrayList<>();
      long upTo;
      boolean end;
      boolean alone;
      boolean comment;
      synchronized (this) {
        target = sink;
        upTo = last;
        end = finished;
        boolean waits = target != null && target.out == null && !end;
        boolean ready = target != null && (!waits || (target.events && wantsStream(target)));
        if (!ready || (target.out != null && !end && upTo == sent && !target.comment)) {
          draining = false;
          return;
        }
        batch.addAll(events.subMap(sent, false, upTo, true).values());
        comment = target.comment;
        target.comment = false;
        alone = target.out == null && end && !target.openNow && batch.size() == 1;
      }
      boolean written = write(target, batch, upTo, end, alone, comment);
      synchronized (this) {
        if (written && sink == target) {
          sent = upTo;
          if (log == null) {
            events.headMap(upTo, true).clear();
          }
        }
        if (end || !written) {
          target.timer.cancel(false);
          if (sink == target) {
            sink = null;
          }
        }
      }
      if (!written) {
        onDetach.accept(this);
      }
    }
  }

  private boolean wantsStream(Sink target) {
    return target.openNow || last > sent;
  }

  private boolean write(
      Sink target, List<Event> batch, long upTo, boolean end, boolean alone, boolean comment) {
    Future<?> guard = style.threads.guard(target.exchange);
    try {
      if (target.out == null && end && (alone || !target.events)) {
        plain(target, batch);
        return true;
      }
      OutputStream out = target.out;
      ByteArrayOutputStream text = new ByteArrayOutputStream();
      if (out == null) {
        Map<String, String> headers = new LinkedHashMap<>(HEADERS);
        headers.putAll(target.headers);
        out = target.exchange.open(200, headers);
        target.out = out;
        long before = batch.isEmpty() ? upTo : batch.get(0).number - 1;
        text.writeBytes(utf8(primed ? prime(before) : ":\n\n"));
      }
      for (Event event : batch) {
        if (log != null) {
          text.writeBytes(utf8("id: " + name + "-" + event.number + "\n"));
        }
        text.writeBytes(utf8("data: "));
        text.writeBytes(event.data);
        text.writeBytes(utf8("\n\n"));
      }
      if (comment && batch.isEmpty()) {
        text.writeBytes(utf8(":\n\n"));
      }
      text.writeTo(out);
      out.flush();
      if (end) {
        out.close();
      }
      return true;
    } catch (IOException | RuntimeException e) {
      target.exchange.abort();
      return false;
    } finally {
      guard.cancel(false);
    }
  }

  /** The answer as JSON; without one, the call was cancelled and nobody waits for it. */
  private void plain(Sink target, List<Event> batch) throws IOException {
    Map<String, String> headers = new LinkedHashMap<>(target.headers);
    byte[] body = new byte[0];
    int code;
    synchronized (this) {
      code = status;
    }
    if (batch.isEmpty()) {
      code = 202;
    } else {
      headers.put("Content-Type", "application/json");
      body = batch.get(batch.size() - 1).data;
    }
    target.exchange.send(code, headers, body);
  }

  private String prime(long number) {
    return "id: " + name + "-" + number + "\nretry: " + style.retry.toMillis() + "\ndata: \n\n";
  }

  private void end(Sink old) {
    old.timer.cancel(false);
    style.threads.write(old.exchange::abort);
  }

  /** Line ends lie between tokens only, where a space does as well. */
  private static byte[] oneLine(byte[] json) {
    for (int i = 0; i < json.length; i++) {
      if (json[i] == '\n' || json[i] == '\r') {
        json[i] = ' ';
      }
    }
    return json;
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
