package dev.warren.mcp.internal.http.exchange;

import dev.warren.mcp.http.McpHttpExchange;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;

/** An exchange that says, once, when it has ended. */
public final class TrackedExchange implements McpHttpExchange {
  private final McpHttpExchange exchange;
  private final Runnable onEnd;
  private final AtomicBoolean ended = new AtomicBoolean();

  public TrackedExchange(McpHttpExchange exchange, Runnable onEnd) {
    this.exchange = exchange;
    this.onEnd = onEnd;
  }

  @Override
  public String method() {
    return exchange.method();
  }

  @Override
  public String path() {
    return exchange.path();
  }

  @Override
  public List<String> headers(String name) {
    return exchange.headers(name);
  }

  @Override
  public InputStream body() throws IOException {
    return exchange.body();
  }

  @Override
  public void send(int status, Map<String, String> headers, byte[] body) throws IOException {
    try {
      exchange.send(status, headers, body);
    } finally {
      end();
    }
  }

  @Override
  public OutputStream open(int status, Map<String, String> headers) throws IOException {
    return new FilterOutputStream(exchange.open(status, headers)) {
      @Override
      public void write(byte[] bytes, int offset, int length) throws IOException {
        out.write(bytes, offset, length);
      }

      @Override
      public void close() throws IOException {
        try {
          out.close();
        } finally {
          end();
        }
      }
    };
  }

  @Override
  public void abort() {
    exchange.abort();
    end();
  }

  private void end() {
    if (ended.compareAndSet(false, true)) {
      onEnd.run();
    }
  }
}
