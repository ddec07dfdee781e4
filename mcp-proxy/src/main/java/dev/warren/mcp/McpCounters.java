package dev.warren.mcp;

/**
 * What a session has discarded since it was created, over all its processes.
 *
 * @param starts processes that were started
 * @param junkLines lines that are no message
 * @param oversizeLines lines beyond {@link McpLimits#inboundBytes()}
 * @param strayAnswers answers that nobody waits for: late, doubled or for unknown ids
 * @param droppedNotifications that listeners did not keep up with
 * @param refusedRequests requests of the server that were too many at a time, or not allowed in its
 *     era
 * @param pendingCalls calls that wait for their answers now
 */
public record McpCounters(
    long starts,
    long junkLines,
    long oversizeLines,
    long strayAnswers,
    long droppedNotifications,
    long refusedRequests,
    int pendingCalls) {}
