package dev.warren.mcp;

import dev.warren.SandboxException;

/**
 * Bounds on what a session holds, so that no server can exhaust the memory of the application.
 *
 * @param inboundBytes the longest message of the server; a longer one fails the call it answers and
 *     nothing else
 * @param outboundBytes the longest message to the server; a longer one is refused before anything
 *     is sent. Servers on the common TypeScript SDK go deaf for good at 10 MiB
 * @param pendingCalls calls that wait for their answers; one more fails with {@code
 *     RESOURCE_EXHAUSTED}
 * @param queuedNotifications that wait for listeners; more are dropped and counted
 * @param runningRequests requests of the server that are worked on at a time; one more is answered
 *     with an error and counted
 * @param rounds how often a server may ask back within one call of the modern era
 * @param pages of one list
 * @param items of one list
 */
public record McpLimits(
    int inboundBytes,
    int outboundBytes,
    int pendingCalls,
    int queuedNotifications,
    int runningRequests,
    int rounds,
    int pages,
    int items) {

  private static final McpLimits DEFAULTS =
      new McpLimits(64 << 20, 8 << 20, 10_000, 1_024, 64, 10, 1_000, 100_000);

  /**
   * 64 MiB in, 8 MiB out, 10,000 calls, 1,024 notifications, 64 requests, 10 rounds, lists of 1,000
   * pages and 100,000 items.
   */
  public static McpLimits defaults() {
    return DEFAULTS;
  }

  /**
   * @throws SandboxException {@code INVALID_ARGUMENT} when a value is less than 1, or a message may
   *     not have 1,024 bytes
   */
  public McpLimits {
    atLeast(1_024, "inboundBytes", inboundBytes);
    atLeast(1_024, "outboundBytes", outboundBytes);
    atLeast(1, "pendingCalls", pendingCalls);
    atLeast(1, "queuedNotifications", queuedNotifications);
    atLeast(1, "runningRequests", runningRequests);
    atLeast(1, "rounds", rounds);
    atLeast(1, "pages", pages);
    atLeast(1, "items", items);
  }

  /** A copy with other maximum message lengths, in bytes. */
  public McpLimits withMessageBytes(int inbound, int outbound) {
    return new McpLimits(
        inbound,
        outbound,
        pendingCalls,
        queuedNotifications,
        runningRequests,
        rounds,
        pages,
        items);
  }

  /** A copy with another maximum of pending calls. */
  public McpLimits withPendingCalls(int calls) {
    return new McpLimits(
        inboundBytes,
        outboundBytes,
        calls,
        queuedNotifications,
        runningRequests,
        rounds,
        pages,
        items);
  }

  /** A copy with other bounds on queued notifications and running requests of the server. */
  public McpLimits withQueues(int notifications, int requests) {
    return new McpLimits(
        inboundBytes, outboundBytes, pendingCalls, notifications, requests, rounds, pages, items);
  }

  /** A copy with another maximum of rounds in which a server may ask back. */
  public McpLimits withRounds(int count) {
    return new McpLimits(
        inboundBytes,
        outboundBytes,
        pendingCalls,
        queuedNotifications,
        runningRequests,
        count,
        pages,
        items);
  }

  /** A copy with other maximum list lengths. */
  public McpLimits withLists(int pageCount, int itemCount) {
    return new McpLimits(
        inboundBytes,
        outboundBytes,
        pendingCalls,
        queuedNotifications,
        runningRequests,
        rounds,
        pageCount,
        itemCount);
  }

  private static void atLeast(int least, String name, int value) {
    if (value < least) {
      throw SandboxException.invalid("set limits", name, value + " is less than " + least);
    }
  }
}
