package dev.warren.mcp.internal.rpc;

/**
 * What a connection has seen so far.
 *
 * @param received messages that were taken
 * @param sent messages that were written
 * @param blankLines lines with nothing but white space
 * @param junkLines lines that are no JSON object (or array), broken ones included
 * @param longLines lines above the limit
 * @param invalid objects that are no JSON-RPC message, batches that are not taken included
 * @param brokenAnswers that failed their call: neither result nor error, both, or broken JSON
 * @param badIds answers without a usable id
 * @param unknownIds answers to what was never asked
 * @param lateAnswers second answers, and answers to calls that had ended: swallowed
 * @param unknownProgress progress for no call
 * @param droppedNotifications for which there was no room
 * @param refusedRequests of the server for which there was no room: answered with an error
 * @param droppedAnswers to requests of the server, because it does not read
 * @param handlerFailures exceptions of handlers and listeners
 * @param stderrBytes read from stderr
 */
public record RpcCounters(
    long received,
    long sent,
    long blankLines,
    long junkLines,
    long longLines,
    long invalid,
    long brokenAnswers,
    long badIds,
    long unknownIds,
    long lateAnswers,
    long unknownProgress,
    long droppedNotifications,
    long refusedRequests,
    long droppedAnswers,
    long handlerFailures,
    long stderrBytes) {}
