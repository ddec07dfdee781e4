package dev.warren.mcp.internal.rpc;

import java.util.concurrent.atomic.LongAdder;

/**
 * What went over a connection so far. One set may count for several connections, as those of a
 * session that restarts its server. Thread-safe.
 */
public final class RpcCounters {
  final LongAdder received = new LongAdder();
  final LongAdder sent = new LongAdder();
  final LongAdder blankLines = new LongAdder();
  final LongAdder junkLines = new LongAdder();
  final LongAdder longLines = new LongAdder();
  final LongAdder invalid = new LongAdder();
  final LongAdder brokenAnswers = new LongAdder();
  final LongAdder badIds = new LongAdder();
  final LongAdder unknownIds = new LongAdder();
  final LongAdder lateAnswers = new LongAdder();
  final LongAdder unknownProgress = new LongAdder();
  final LongAdder droppedNotifications = new LongAdder();
  final LongAdder refusedRequests = new LongAdder();
  final LongAdder untakenRequests = new LongAdder();
  final LongAdder droppedAnswers = new LongAdder();
  final LongAdder handlerFailures = new LongAdder();
  final LongAdder stderrBytes = new LongAdder();

  /** Messages that were taken. */
  public long received() {
    return received.sum();
  }

  /** Messages that were written. */
  public long sent() {
    return sent.sum();
  }

  /** Lines with nothing but white space. */
  public long blankLines() {
    return blankLines.sum();
  }

  /** Lines that are no JSON object (or array), broken ones included. */
  public long junkLines() {
    return junkLines.sum();
  }

  /** Lines above the limit. */
  public long longLines() {
    return longLines.sum();
  }

  /** Objects that are no JSON-RPC message, batches that are not taken included. */
  public long invalid() {
    return invalid.sum();
  }

  /** That failed their call: neither result nor error, both, or broken JSON. */
  public long brokenAnswers() {
    return brokenAnswers.sum();
  }

  /** Answers without a usable id. */
  public long badIds() {
    return badIds.sum();
  }

  /** Answers to what was never asked. */
  public long unknownIds() {
    return unknownIds.sum();
  }

  /** Second answers, and answers to calls that had ended: swallowed. */
  public long lateAnswers() {
    return lateAnswers.sum();
  }

  /** Progress for no call. */
  public long unknownProgress() {
    return unknownProgress.sum();
  }

  /** For which there was no room. */
  public long droppedNotifications() {
    return droppedNotifications.sum();
  }

  /** Of the server for which there was no room: answered with an error. */
  public long refusedRequests() {
    return refusedRequests.sum();
  }

  /** Requests of the server that its handler takes none of: dropped. */
  public long untakenRequests() {
    return untakenRequests.sum();
  }

  /** To requests of the server, because it does not read. */
  public long droppedAnswers() {
    return droppedAnswers.sum();
  }

  /** Exceptions of handlers and listeners. */
  public long handlerFailures() {
    return handlerFailures.sum();
  }

  /** Read from stderr. */
  public long stderrBytes() {
    return stderrBytes.sum();
  }
}
