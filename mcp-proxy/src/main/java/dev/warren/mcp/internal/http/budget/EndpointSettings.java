package dev.warren.mcp.internal.http.budget;

import dev.warren.mcp.internal.rpc.RpcOptions;
import java.time.Duration;

/**
 * The settings of an endpoint.
 *
 * @param rpc limits of each process
 */
public record EndpointSettings(Limits limits, Times times, RpcOptions rpc) {

  /**
   * How much there may be.
   *
   * @param bodyBytes of one request
   * @param exchanges that are being handled, streams and waiting calls included
   * @param processes that run for this endpoint, sessions and stateless groups together
   * @param processesEach that run for one principal and server
   * @param calls of one session or one stateless caller at the same time
   * @param replayBytes kept by one session for clients that come back
   */
  public record Limits(
      int bodyBytes,
      int exchanges,
      int processes,
      int processesEach,
      int calls,
      long replayBytes) {}

  /**
   * How long things may take.
   *
   * @param idle until a process that nobody uses is ended
   * @param call without progress
   * @param start of a server, with its handshake
   * @param input for the client to answer a request of the server
   * @param reconnect for a client that has gone to come back before such requests fail
   * @param stall after which a connection that takes or gives no bytes is cut
   * @param openAfter until a waiting call gets a stream instead of plain JSON
   * @param keepAlive between comments on a quiet stream
   */
  public record Times(
      Duration idle,
      Duration call,
      Duration start,
      Duration input,
      Duration reconnect,
      Duration stall,
      Duration openAfter,
      Duration keepAlive) {}
}
