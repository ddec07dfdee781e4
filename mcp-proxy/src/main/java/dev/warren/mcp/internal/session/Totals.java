package dev.warren.mcp.internal.session;

import dev.warren.mcp.McpCounters;
import dev.warren.mcp.internal.rpc.RpcCounters;
import java.util.Optional;

/** Counts over all processes of a session. Thread-safe. */
final class Totals {
  private long starts;
  private McpCounters before = new McpCounters(0, 0, 0, 0, 0, 0, 0);

  /** Takes the next process; the one before counts no more. */
  synchronized ServerProcess started(ServerProcess next, Lifecycle lifecycle) {
    before = with(lifecycle.last(), 0);
    starts++;
    lifecycle.started(next);
    return next;
  }

  synchronized McpCounters with(Optional<ServerProcess> link, int pending) {
    if (link.isEmpty()) {
      return new McpCounters(starts, 0, 0, 0, 0, 0, pending);
    }
    RpcCounters now = link.get().peer().counters();
    return new McpCounters(
        starts,
        before.junkLines() + now.junkLines() + now.invalid() + now.brokenAnswers(),
        before.oversizeLines() + now.longLines(),
        before.strayAnswers() + now.lateAnswers() + now.unknownIds() + now.badIds(),
        before.droppedNotifications() + now.droppedNotifications(),
        before.refusedRequests() + now.refusedRequests() + link.get().refusedRequests(),
        pending);
  }
}
