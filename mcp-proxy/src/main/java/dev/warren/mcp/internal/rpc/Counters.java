package dev.warren.mcp.internal.rpc;

import java.util.concurrent.atomic.LongAdder;

/** The live numbers behind {@link RpcCounters}. Thread-safe. */
final class Counters {
  final LongAdder received = new LongAdder();
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
  final LongAdder droppedAnswers = new LongAdder();
  final LongAdder handlerFailures = new LongAdder();
  final LongAdder stderrBytes = new LongAdder();

  RpcCounters snapshot(long sent) {
    return new RpcCounters(
        received.sum(),
        sent,
        blankLines.sum(),
        junkLines.sum(),
        longLines.sum(),
        invalid.sum(),
        brokenAnswers.sum(),
        badIds.sum(),
        unknownIds.sum(),
        lateAnswers.sum(),
        unknownProgress.sum(),
        droppedNotifications.sum(),
        refusedRequests.sum(),
        droppedAnswers.sum(),
        handlerFailures.sum(),
        stderrBytes.sum());
  }
}
