package dev.warren.mcp.internal.http.budget;

import dev.warren.mcp.internal.rpc.RpcOptions;
import java.time.Duration;

/**
 * The settings of an endpoint.
 *
 * @param maxBodyBytes of one request
 * @param maxExchanges that are being handled, streams and waiting calls included
 * @param maxProcesses that run for this endpoint, sessions and stateless groups together
 * @param maxProcessesEach that run for one principal and server
 * @param maxCalls of one session or one stateless caller at the same time
 * @param replayBytes kept by one session for clients that come back
 * @param idle until a process that nobody uses is ended
 * @param callTimeout of a call without progress
 * @param startTimeout of the server's start and handshake
 * @param inputTimeout for the client to answer a request of the server
 * @param reconnectGrace for a client that has gone to come back before such requests fail
 * @param stall after which a connection that takes or gives no bytes is cut
 * @param openAfter until a waiting call gets a stream instead of plain JSON
 * @param keepAlive between comments on a quiet stream
 * @param rpc limits of each process
 */
public record EndpointSettings(
    int maxBodyBytes,
    int maxExchanges,
    int maxProcesses,
    int maxProcessesEach,
    int maxCalls,
    long replayBytes,
    Duration idle,
    Duration callTimeout,
    Duration startTimeout,
    Duration inputTimeout,
    Duration reconnectGrace,
    Duration stall,
    Duration openAfter,
    Duration keepAlive,
    RpcOptions rpc) {}
