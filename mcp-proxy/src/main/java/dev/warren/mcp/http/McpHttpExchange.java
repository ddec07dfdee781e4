package dev.warren.mcp.http;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * One HTTP request and the way to answer it, whatever HTTP server it came in by. {@link
 * McpEndpoint} ends every exchange by exactly one of {@link #send}, closing what {@link #open}
 * returned, or {@link #abort}; often from another thread and after {@link McpEndpoint#handle} has
 * returned.
 */
public interface McpHttpExchange {

  /** The method, in upper case. */
  String method();

  /** The path of the request, decoded, without the query. */
  String path();

  /** All values of a header; the name's case does not matter. */
  List<String> headers(String name);

  /** The first value of a header. */
  default Optional<String> header(String name) {
    return headers(name).stream().findFirst();
  }

  /** The body of the request. */
  InputStream body() throws IOException;

  /** Answers in full and ends the exchange. */
  void send(int status, Map<String, String> headers, byte[] body) throws IOException;

  /**
   * Begins an answer of unknown length. What is written reaches the client at {@code flush}; a
   * client that has gone is seen by the failure of a later write.
   */
  OutputStream open(int status, Map<String, String> headers) throws IOException;

  /** Cuts the connection, which also ends a read or a write that blocks. Never throws. */
  void abort();
}
