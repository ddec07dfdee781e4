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
 * Runs an {@link McpEndpoint} on the HTTP server of the JDK (module {@code jdk.httpserver}). It
 * speaks plain HTTP/1.1: if other machines are to reach it, put a TLS proxy in front of it.
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
   * Serves an endpoint on the loopback address, which other machines cannot reach.
   *
   * @param port 0 for any free port
   * @param path such as {@code /mcp}; paths below it are served too, so a gate can take the bot and
   *     the server from the path
   * @throws SandboxException {@code UNAVAILABLE} if the port is taken; {@code INVALID_ARGUMENT}
   */
  public static McpHttpServer start(McpEndpoint endpoint, int port, String path) {
    return start(
        endpoint, new InetSocketAddress(InetAddress.getLoopbackAddress(), checkedPort(port)), path);
  }

  /**
   * Serves an endpoint on any address. Unless it is the loopback address, the endpoint needs a gate
   * that authenticates, {@link McpEndpoint.Builder#allowHost}, and a TLS proxy in front of it.
   *
   * @throws SandboxException {@code UNAVAILABLE} if the address cannot be bound; {@code
   *     INVALID_ARGUMENT}
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

  /** The address for clients on this machine. */
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
