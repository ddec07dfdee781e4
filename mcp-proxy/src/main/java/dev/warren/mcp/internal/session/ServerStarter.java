package dev.warren.mcp.internal.session;

import dev.warren.mcp.McpCounters;
import dev.warren.mcp.internal.rpc.RpcCounters;
import dev.warren.mcp.internal.rpc.RpcOptions;
import java.util.concurrent.atomic.LongAdder;

/** Starts the processes of a session, and counts what went by in all of them. Thread-safe. */
final class ServerStarter {
  private final SessionSettings settings;
  private final RpcOptions options;
  private final HandlerRuns handlers;
  private final RpcCounters counters = new RpcCounters();
  private final LongAdder starts = new LongAdder();

  ServerStarter(SessionSettings settings, HandlerRuns handlers) {
    this.settings = settings;
    this.handlers = handlers;
    options = options(settings);
  }

  /** Starts the next process, whose owner hears of it. */
  ServerProcess start(ServerProcess.Owner owner) {
    ServerProcess server =
        ServerProcess.start(settings.transport(), options, handlers, counters, owner);
    starts.increment();
    return server;
  }

  McpCounters counters(int pendingCalls) {
    return new McpCounters(
        starts.sum(),
        counters.junkLines() + counters.invalid() + counters.brokenAnswers(),
        counters.longLines(),
        counters.lateAnswers() + counters.unknownIds() + counters.badIds(),
        counters.droppedNotifications(),
        counters.refusedRequests() + counters.untakenRequests(),
        pendingCalls);
  }

  private static RpcOptions options(SessionSettings settings) {
    SessionSettings.Timeouts times = settings.timeouts();
    int outbound = settings.limits().outboundBytes();
    return RpcOptions.defaults().toBuilder()
        .maxInboundBytes(settings.limits().inboundBytes())
        .maxOutboundBytes(outbound)
        .outboxBytes(Math.max(16 << 20, outbound))
        .incoming(settings.limits().runningRequests(), settings.limits().runningRequests())
        .notifications(settings.limits().queuedNotifications())
        .timeout(times.request())
        .maximum(times.maxTotal())
        .graces(times.close(), times.close(), RpcOptions.defaults().killGrace())
        .batches(false)
        .build();
  }
}
