package dev.warren.mcp.http;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * One HTTP request and the means to answer it, independent of the HTTP server. {@link McpEndpoint}
 * ends every exchange in exactly one of three ways: it calls {@link #send}, closes the stream that
 * {@link #open} returned, or calls {@link #abort}. This often happens on another thread, after
 * {@link McpEndpoint#handle} has returned.
 */
public interface McpHttpExchange {

  /** The method, in upper case. */
  String method();

  /** The path of the request, decoded, without the query. */
  String path();

  /** All values of a header, or an empty list. The case of the name does not matter. */
  List<String> headers(String name);

  /** The first value of a header, if it is present. */
  default Optional<String> header(String name) {
    return headers(name).stream().findFirst();
  }

  /** The body of the request. */
  InputStream body() throws IOException;

  /** Answers in full and ends the exchange. */
  void send(int status, Map<String, String> headers, byte[] body) throws IOException;

  /**
   * Begins an answer of unknown length. Bytes must reach the client when the stream is flushed, and
   * writes to a client that has gone must sooner or later fail.
   */
  OutputStream open(int status, Map<String, String> headers) throws IOException;

  /** Cuts the connection, which also ends a blocked read or write. Never throws. */
  void abort();
}
