package dev.warren.docker.internal.image;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.warren.ImageRef;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A registry on loopback that serves any repository, and can be told to misbehave. */
final class TestRegistry implements AutoCloseable {
  private static final Pattern PATH = Pattern.compile("/v2/(.+)/(manifests|blobs)/([^/]+)");
  private static final String MANIFEST = "application/vnd.oci.image.manifest.v1+json";
  private static final String INDEX = "application/vnd.oci.image.index.v1+json";

  private final HttpServer server;
  private final PlainOnly door;
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final Map<String, byte[]> content = new ConcurrentHashMap<>();
  private final Map<String, String> types = new ConcurrentHashMap<>();
  private final List<String> requests = new CopyOnWriteArrayList<>();
  private volatile Optional<String> login = Optional.empty();
  private volatile CountDownLatch gate = new CountDownLatch(0);

  TestRegistry() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(threads);
    server.createContext("/", this::serve);
    server.start();
    door = new PlainOnly(server.getAddress().getPort(), threads);
  }

  String host() {
    return "127.0.0.1:" + door.port();
  }

  ImageRef ref(String nameAndTag) {
    return ImageRef.parse(host() + "/" + nameAndTag);
  }

  /** Serves an image under a tag, and by digest. */
  void put(String tag, TestImage image) {
    content.putAll(image.blobs());
    document(tag, image.manifest(), MANIFEST);
  }

  /** Serves an index of images under a tag. */
  void index(String tag, TestImage... images) {
    StringBuilder entries = new StringBuilder();
    for (TestImage image : images) {
      put(image.digest(), image);
      entries
          .append(entries.isEmpty() ? "" : ",")
          .append(
              "{\"mediaType\":\"%s\",\"digest\":\"%s\",\"size\":%d,\"platform\":{\"os\":\"linux\",\"architecture\":\"%s\"}}"
                  .formatted(
                      MANIFEST, image.digest(), image.manifest().length, image.architecture()));
    }
    String text =
        "{\"schemaVersion\":2,\"mediaType\":\"%s\",\"manifests\":[%s]}".formatted(INDEX, entries);
    document(tag, text.getBytes(StandardCharsets.UTF_8), INDEX);
  }

  private void document(String name, byte[] bytes, String type) {
    for (String key : List.of(name, TestImage.sha256(bytes))) {
      content.put(key, bytes);
      types.put(key, type);
    }
  }

  /** Serves other bytes than the digest says. */
  void replace(String digest, byte[] bytes) {
    content.put(digest, bytes);
  }

  void require(String user, String secret) {
    byte[] pair = (user + ":" + secret).getBytes(StandardCharsets.UTF_8);
    login = Optional.of("Basic " + Base64.getEncoder().encodeToString(pair));
  }

  /** Blobs wait from now on. */
  CountDownLatch holdBlobs() {
    gate = new CountDownLatch(1);
    return gate;
  }

  List<String> fetchedBlobs() {
    return requests.stream().filter(path -> path.contains("/blobs/")).toList();
  }

  @Override
  public void close() {
    gate.countDown();
    door.close();
    server.stop(0);
    threads.shutdownNow();
  }

  private void serve(HttpExchange exchange) throws IOException {
    try (exchange) {
      String sent = exchange.getRequestHeaders().getFirst("Authorization");
      if (login.isPresent() && !login.get().equals(sent)) {
        exchange.getResponseHeaders().add("WWW-Authenticate", "Basic realm=\"test\"");
        answer(exchange, 401, "{\"errors\":[{\"code\":\"UNAUTHORIZED\"}]}");
        return;
      }
      String path = exchange.getRequestURI().getPath();
      Matcher parts = PATH.matcher(path);
      if (!parts.matches()) {
        answer(exchange, path.equals("/v2/") ? 200 : 404, "{}");
        return;
      }
      if (exchange.getRequestMethod().equals("GET")) {
        requests.add(path);
      }
      byte[] bytes = content.get(parts.group(3));
      if (bytes == null) {
        String code = parts.group(2).equals("blobs") ? "BLOB_UNKNOWN" : "MANIFEST_UNKNOWN";
        answer(exchange, 404, "{\"errors\":[{\"code\":\"" + code + "\",\"message\":\"gone\"}]}");
        return;
      }
      if (parts.group(2).equals("manifests")) {
        exchange.getResponseHeaders().add("Content-Type", types.get(parts.group(3)));
        exchange.getResponseHeaders().add("Docker-Content-Digest", TestImage.sha256(bytes));
      } else if (!gate.await(60, TimeUnit.SECONDS)) {
        return;
      }
      send(exchange, 200, bytes);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static void answer(HttpExchange exchange, int status, String body) throws IOException {
    send(exchange, status, body.getBytes(StandardCharsets.UTF_8));
  }

  private static void send(HttpExchange exchange, int status, byte[] bytes) throws IOException {
    if (exchange.getRequestMethod().equals("HEAD")) {
      exchange.getResponseHeaders().set("Content-Length", Integer.toString(bytes.length));
      exchange.sendResponseHeaders(status, -1);
      return;
    }
    exchange.sendResponseHeaders(status, bytes.length);
    exchange.getResponseBody().write(bytes);
  }
}
