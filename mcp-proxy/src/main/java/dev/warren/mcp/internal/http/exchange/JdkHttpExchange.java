package dev.warren.mcp.internal.http.exchange;

import com.sun.net.httpserver.HttpExchange;
import dev.warren.mcp.http.McpHttpExchange;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.List;
import java.util.Map;

/** An exchange of the JDK's HTTP server. */
public final class JdkHttpExchange implements McpHttpExchange {
  private static final int NO_BODY = -1;

  private final HttpExchange exchange;

  public JdkHttpExchange(HttpExchange exchange) {
    this.exchange = exchange;
  }

  @Override
  public String method() {
    return exchange.getRequestMethod();
  }

  @Override
  public String path() {
    return exchange.getRequestURI().getPath();
  }

  @Override
  public List<String> headers(String name) {
    List<String> values = exchange.getRequestHeaders().get(name);
    return values == null ? List.of() : values;
  }

  @Override
  public InputStream body() {
    return exchange.getRequestBody();
  }

  @Override
  public void send(int status, Map<String, String> headers, byte[] body) throws IOException {
    headers.forEach(exchange.getResponseHeaders()::set);
    try {
      exchange.sendResponseHeaders(status, body.length == 0 ? NO_BODY : body.length);
      if (body.length > 0) {
        exchange.getResponseBody().write(body);
        // The close reads what is left of the request first, and may have to wait for it.
        exchange.getResponseBody().flush();
      }
    } finally {
      exchange.close();
    }
  }

  @Override
  public OutputStream open(int status, Map<String, String> headers) throws IOException {
    headers.forEach(exchange.getResponseHeaders()::set);
    exchange.sendResponseHeaders(status, 0); // chunked
    return exchange.getResponseBody();
  }

  @Override
  public void abort() {
    exchange.close();
  }
}
