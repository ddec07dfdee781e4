package dev.warren.docker.internal.client;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** Answers like an engine, with what a test gives it, on a port of this machine. */
final class FakeDaemon implements AutoCloseable {
  private record Answer(int status, String body) {}

  private final HttpServer server;
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final Map<String, Answer> answers = new ConcurrentHashMap<>();
  private final List<String> paths = new CopyOnWriteArrayList<>();

  private FakeDaemon(HttpServer server) {
    this.server = server;
  }

  /** One whose newest version of the API is this; none where it is empty. */
  static FakeDaemon speaking(String apiVersion) throws IOException {
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    FakeDaemon daemon = new FakeDaemon(server);
    server.setExecutor(daemon.threads);
    server.createContext(
        "/",
        exchange -> {
          String path = exchange.getRequestURI().getPath();
          daemon.paths.add(path);
          if (!apiVersion.isEmpty()) {
            exchange.getResponseHeaders().add("Api-Version", apiVersion);
          }
          Answer answer =
              daemon.answers.getOrDefault(
                  path.replaceFirst("^/v[0-9.]+", ""), new Answer(404, "{\"message\":\"none\"}"));
          byte[] body = answer.body().getBytes(StandardCharsets.UTF_8);
          exchange.sendResponseHeaders(answer.status(), body.length);
          exchange.getResponseBody().write(body);
          exchange.close();
        });
    server.start();
    return daemon
        .answer("/_ping", 200, "OK")
        .answer("/version", 200, "{\"Version\":\"1\",\"Os\":\"linux\",\"Arch\":\"amd64\"}");
  }

  FakeDaemon answer(String path, int status, String body) {
    answers.put(path, new Answer(status, body));
    return this;
  }

  Endpoint endpoint() {
    return Endpoint.of("tcp://127.0.0.1:" + server.getAddress().getPort(), Optional.empty(), true);
  }

  /** What was asked for, versions included. */
  List<String> paths() {
    return paths;
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }
}
