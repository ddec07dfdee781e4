package dev.warren.mcp.internal.rpc;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.warren.SandboxException;
import dev.warren.SandboxException.Code;
import dev.warren.mcp.internal.message.Envelope;
import dev.warren.mcp.internal.message.JsonBytes;
import dev.warren.mcp.internal.message.JsonBytes.Range;
import dev.warren.mcp.internal.message.PartialMessage;
import dev.warren.mcp.internal.thread.CallbackThreads;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The reader: takes what a server writes apart and hands it on. Runs on the channel's thread and
 * runs no code of a user there. What is no message is counted, logged now and then, and skipped.
 */
final class Inbound implements LineFramer.Sink {
  private static final Logger LOG = LoggerFactory.getLogger(Inbound.class);
  private static final byte[] BOM = {(byte) 0xEF, (byte) 0xBB, (byte) 0xBF};

  private final PendingCalls calls;
  private final IncomingRequests requests;
  private final RpcCounters counters;
  private final Notifications notifications;
  private final LineFramer framer;
  private final LogText logLimit;
  private final StderrTail stderr;
  private final int limit;
  private volatile boolean batches;
  private volatile String name = "MCP server";
  private boolean started;

  Inbound(
      RpcOptions options,
      RpcHandler handler,
      CallbackThreads threads,
      PendingCalls calls,
      IncomingRequests requests,
      RpcCounters counters) {
    this.calls = calls;
    this.requests = requests;
    this.counters = counters;
    notifications = new Notifications(options, handler, threads, calls, counters);
    framer = new LineFramer(options.maxInboundBytes(), this);
    logLimit = new LogText(options.timer());
    stderr = new StderrTail(new LogText(options.timer()));
    limit = options.maxInboundBytes();
    batches = options.batches();
  }

  void name(String value) {
    name = value;
    stderr.name(value);
  }

  void acceptBatches(boolean accepted) {
    batches = accepted;
  }

  String stderrTail() {
    return stderr.text();
  }

  /** Runs a task after all notifications that came so far. */
  void whenHandled(Runnable task) {
    notifications.afterAll(task);
  }

  void handlerFailed(String what, Exception failure) {
    notifications.failed(what, failure);
  }

  void stdout(byte[] bytes) {
    calls.collect();
    try {
      framer.feed(bytes);
    } finally {
      calls.release();
    }
  }

  /** Nothing more comes: what has no line end is a line. */
  void finish() {
    framer.finish();
  }

  void stderr(byte[] bytes) {
    counters.stderrBytes.add(bytes.length);
    stderr.add(bytes);
  }

  @Override
  public void line(byte[] bytes, int from, int to) {
    try {
      message(bytes, from, to);
    } catch (RuntimeException e) { // a fault of ours must not end the reader
      counters.junkLines.increment();
      LOG.error("a line of {} could not be handled", name, e);
    }
  }

  private void message(byte[] bytes, int from, int to) {
    int start = from;
    if (!started) {
      started = true;
      start =
          Arrays.equals(bytes, from, Math.min(from + BOM.length, to), BOM, 0, BOM.length)
              ? from + BOM.length
              : from;
    }
    int end = to;
    while (start < end && Envelope.isSpace(bytes[start])) {
      start++;
    }
    while (start < end && Envelope.isSpace(bytes[end - 1])) {
      end--;
    }
    if (start == end) {
      counters.blankLines.increment();
      return;
    }
    // a copy, unless the line is most of the array: a short answer must not hold a long chunk
    boolean copy = (long) (end - start) * 2 < bytes.length;
    if (copy) {
      parse(Arrays.copyOfRange(bytes, start, end), 0, end - start);
    } else {
      parse(bytes, start, end);
    }
  }

  @Override
  public void longLine(long length, byte[] head, byte[] tail) {
    counters.longLines.increment();
    PartialMessage found = PartialMessage.of(head, tail);
    RpcCall call = calls.find(found.ownId());
    String detail = "a line of " + length + " bytes, the limit is " + limit;
    if (call != null) {
      SandboxException failure =
          SandboxException.of(Code.RESOURCE_EXHAUSTED, "call " + call.method(), name)
              .detail("the answer is " + detail)
              .remedy("ask for less, or raise the limit")
              .build();
      calls.end(call, failure);
    } else if (found.request() && found.id() != null) {
      requests.refuse(found.id(), -32600, "the request is " + detail);
    }
    if (logLimit.allows()) {
      LOG.warn("{} sent {}; it was skipped", name, detail);
    }
  }

  private void parse(byte[] bytes, int from, int to) {
    try {
      if (bytes[from] == '[') {
        batch(bytes, from, to);
      } else {
        dispatch(Envelope.read(bytes, from, to));
      }
    } catch (IOException e) {
      broken(bytes, from, to);
    }
  }

  /** Not JSON. If it can only be the answer to a call, that call need not wait for its timeout. */
  private void broken(byte[] bytes, int from, int to) {
    counters.junkLines.increment();
    if (bytes[from] == '{') {
      PartialMessage found =
          PartialMessage.of(
              Arrays.copyOfRange(bytes, from, Math.min(to, from + LineFramer.ENDS)),
              Arrays.copyOfRange(bytes, Math.max(from, to - LineFramer.ENDS), to));
      RpcCall call = calls.find(found.ownId());
      if (call != null) {
        endBroken(call, "the answer is broken JSON, or nested too deep");
      }
    }
    logSkipped("what is no message", bytes, from, to);
  }

  private void batch(byte[] bytes, int from, int to) throws IOException {
    List<Envelope> members = new ArrayList<>();
    int others = 0;
    try (JsonParser parser = JsonBytes.FACTORY.createParser(bytes, from, to - from)) {
      parser.nextToken();
      for (JsonToken token = parser.nextToken();
          token != JsonToken.END_ARRAY;
          token = parser.nextToken()) {
        if (token == null) {
          throw new IOException("no end");
        }
        Range range = JsonBytes.value(parser, from);
        if (token == JsonToken.START_OBJECT) {
          members.add(Envelope.read(Arrays.copyOfRange(bytes, range.start(), range.end())));
        } else {
          others++;
        }
      }
      if (parser.nextToken() != null) {
        throw new IOException("more than one value");
      }
    }
    if (!batches || members.isEmpty()) {
      counters.invalid.increment();
      logSkipped("a batch", bytes, from, to);
      return;
    }
    counters.invalid.add(others);
    members.forEach(this::dispatch);
  }

  private void dispatch(Envelope message) {
    counters.received.increment();
    switch (message.kind()) {
      case REQUEST -> requests.accept(message);
      case NOTIFICATION -> notification(message);
      case RESULT, ERROR, BROKEN_ANSWER -> answer(message);
      case INVALID -> {
        counters.invalid.increment();
        if (logLimit.allows()) {
          LOG.warn("{} sent what is not JSON-RPC; it was skipped: {}", name, message);
        }
      }
    }
  }

  private void notification(Envelope message) {
    boolean known =
        switch (message.method()) {
          case PendingCalls.CANCELLED -> requests.cancel(message);
          case Notifications.PROGRESS -> notifications.progress(message);
          default -> false;
        };
    if (!known) {
      notifications.add(message);
    }
  }

  private void answer(Envelope message) {
    if (message.id().isEmpty()) {
      counters.badIds.increment();
      if (logLimit.allows()) {
        LOG.warn("{} sent an answer without an id: {}", name, message);
      }
      return;
    }
    long id = message.ownId();
    RpcCall call = calls.find(id);
    if (call == null) {
      (calls.wasUsed(id) ? counters.lateAnswers : counters.unknownIds).increment();
    } else if (message.kind() == Envelope.Kind.BROKEN_ANSWER) {
      endBroken(call, "the answer has neither a result nor an error, or both");
    } else if (!(call.options().inOrder()
        ? notifications.answerAfterThem(call, message)
        : calls.end(call, message))) {
      counters.lateAnswers.increment();
    }
  }

  private void endBroken(RpcCall call, String detail) {
    counters.brokenAnswers.increment();
    calls.end(
        call,
        SandboxException.of(Code.DATA_LOSS, "call " + call.method(), name).detail(detail).build());
  }

  private void logSkipped(String what, byte[] bytes, int from, int to) {
    if (logLimit.allows()) {
      LOG.warn("{} wrote {}; skipped: {}", name, what, LogText.escape(bytes, from, to));
    }
  }
}
