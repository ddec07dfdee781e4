package dev.warren.mcp.http;

import com.sun.net.httpserver.HttpServer;
import dev.warren.SandboxException;
import dev.warren.SandboxException.Code;
import dev.warren.mcp.internal.http.exchange.JdkHttpExchange;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;

/**
 * An {@link McpEndpoint} on the HTTP server of the JDK (module {@code jdk.httpserver}). It speaks
 * plain HTTP/1.1: put a proxy with TLS in front of it where others than this machine reach it.
 * Thread-safe.
 */
public final class McpHttpServer implements AutoCloseable {
  private final HttpServer server;
  private final McpEndpoint endpoint;
  private final String path;

  private McpHttpServer(HttpServer server, McpEndpoint endpoint, String path) {
    this.server = server;
    this.endpoint = endpoint;
    this.path = path;
  }

  /**
   * Serves an endpoint on the loopback address, which nobody beyond this machine reaches.
   *
   * @param port 0 for any that is free
   * @param path such as {@code /mcp}; paths below it are served too, so that a gate can read the
   *     bot and the server from them
   * @throws SandboxException {@code UNAVAILABLE} when the port is taken; {@code INVALID_ARGUMENT}
   */
  public static McpHttpServer start(McpEndpoint endpoint, int port, String path) {
    return start(
        endpoint, new InetSocketAddress(InetAddress.getLoopbackAddress(), checkedPort(port)), path);
  }

  /**
   * Serves an endpoint on an address. Where it is not the loopback address, the endpoint needs a
   * gate that authenticates, {@link McpEndpoint.Builder#allowHost}, and TLS in front of it.
   *
   * @throws SandboxException {@code UNAVAILABLE} when it cannot be bound; {@code INVALID_ARGUMENT}
   */
  public static McpHttpServer start(McpEndpoint endpoint, InetSocketAddress address, String path) {
    if (!path.startsWith("/")) {
      throw SandboxException.invalid("serve", "'" + path + "'", "the path must begin with '/'");
    }
    try {
      HttpServer server = HttpServer.create(address, 0);
      server.setExecutor(endpoint.executor());
      server.createContext(path, exchange -> endpoint.handle(new JdkHttpExchange(exchange)));
      server.start();
      return new McpHttpServer(server, endpoint, path);
    } catch (IOException e) {
      throw SandboxException.of(Code.UNAVAILABLE, "serve", "MCP on port " + address.getPort())
          .detail("the address cannot be bound")
          .remedy("choose another port, or 0 for any")
          .cause(e)
          .build();
    }
  }

  /** The port it is bound to. */
  public int port() {
    return server.getAddress().getPort();
  }

  /** Where a client on this machine finds it. */
  public URI uri() {
    return URI.create("http://localhost:" + port() + path);
  }

  /** Stops taking requests, cuts all connections, and closes the endpoint. */
  @Override
  public void close() {
    server.stop(0);
    endpoint.close();
  }

  private static int checkedPort(int port) {
    if (port < 0 || port > 65_535) {
      throw SandboxException.invalid("serve", "port " + port, "use 0 to 65535");
    }
    return port;
  }
}
