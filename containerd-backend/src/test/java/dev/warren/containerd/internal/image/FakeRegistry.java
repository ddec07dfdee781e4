package dev.warren.containerd.internal.image;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.warren.ImageRef;
import dev.warren.containerd.internal.manifest.ManifestDocument;
import dev.warren.containerd.internal.manifest.Sha256;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A registry on loopback, over plain http, that can be told to misbehave. It serves any repository.
 */
public final class FakeRegistry implements AutoCloseable {
  private static final Pattern PATH = Pattern.compile("/v2/(.+)/(manifests|blobs)/([^/]+)");
  private static final Pattern RANGE = Pattern.compile("bytes=(\\d+)-");

  private final HttpServer server;
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final Map<String, byte[]> content = new ConcurrentHashMap<>();
  private final List<Request> requests = new CopyOnWriteArrayList<>();
  private final List<Fault> faults = new CopyOnWriteArrayList<>();

  /** What was asked. */
  public record Request(String method, String path, Headers headers) {
    public Optional<String> header(String name) {
      return Optional.ofNullable(headers.getFirst(name));
    }
  }

  /** Answers in the registry's place; false lets the registry answer. */
  public interface Fault {
    boolean answer(HttpExchange exchange) throws IOException;
  }

  public FakeRegistry() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(threads);
    server.createContext("/", this::serve);
    server.start();
  }

  /** Host and port. */
  public String host() {
    return "127.0.0.1:" + server.getAddress().getPort();
  }

  public String url() {
    return "http://" + host();
  }

  public ImageRef ref(String nameAndTag) {
    return ImageRef.parse(host() + "/" + nameAndTag);
  }

  /** Serves an image under a tag. */
  public void put(String tag, SampleImage image) {
    put(image);
    content.put(tag, image.manifest());
  }

  /** Serves an image by digest only. */
  public void put(SampleImage image) {
    content.putAll(image.blobs());
    content.put(image.digest(), image.manifest());
  }

  /** Serves bytes under a tag or digest, whatever they are. */
  public void put(String name, byte[] bytes) {
    content.put(name, bytes);
  }

  /** Asks that first, until it is removed. */
  public void misbehave(Fault fault) {
    faults.add(fault);
  }

  public void behave() {
    faults.clear();
  }

  public List<Request> requests() {
    return List.copyOf(requests);
  }

  /** The paths of GET requests for blobs or manifests. */
  public List<String> fetched(String kind) {
    return requests.stream()
        .filter(request -> request.method().equals("GET"))
        .map(Request::path)
        .filter(path -> path.contains("/" + kind + "/"))
        .toList();
  }

  public void forgetRequests() {
    requests.clear();
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }

  private void serve(HttpExchange exchange) throws IOException {
    String path = exchange.getRequestURI().getPath();
    requests.add(new Request(exchange.getRequestMethod(), path, exchange.getRequestHeaders()));
    try (exchange) {
      for (Fault fault : faults) {
        if (fault.answer(exchange)) {
          return;
        }
      }
      Matcher parts = PATH.matcher(path);
      byte[] bytes = parts.matches() ? content.get(parts.group(3)) : null;
      if (bytes == null) {
        answer(exchange, 404, "{\"errors\":[{\"code\":\"UNKNOWN\"}]}");
      } else if (parts.group(2).equals("manifests")) {
        document(exchange, bytes);
      } else {
        blob(exchange, bytes);
      }
    }
  }

  private static void document(HttpExchange exchange, byte[] bytes) throws IOException {
    String type;
    try {
      type = ManifestDocument.mediaType(bytes, "");
    } catch (IOException e) {
      type = "text/plain";
    }
    exchange.getResponseHeaders().add("Content-Type", type);
    exchange.getResponseHeaders().add("Docker-Content-Digest", Sha256.of(bytes));
    send(exchange, 200, bytes);
  }

  private static void blob(HttpExchange exchange, byte[] bytes) throws IOException {
    String range = exchange.getRequestHeaders().getFirst("Range");
    Matcher from = RANGE.matcher(range == null ? "" : range);
    if (from.matches()) {
      int start = Integer.parseInt(from.group(1));
      send(exchange, 206, Arrays.copyOfRange(bytes, start, bytes.length));
    } else {
      send(exchange, 200, bytes);
    }
  }

  /** Sends a short answer. */
  public static boolean answer(HttpExchange exchange, int status, String body) throws IOException {
    send(exchange, status, body.getBytes(StandardCharsets.UTF_8));
    return true;
  }

  private static void send(HttpExchange exchange, int status, byte[] bytes) throws IOException {
    if (exchange.getRequestMethod().equals("HEAD")) {
      exchange.sendResponseHeaders(status, -1);
      return;
    }
    exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
    try (OutputStream out = exchange.getResponseBody()) {
      out.write(bytes);
    }
  }

  /** Promises all bytes, sends some, and cuts the connection. */
  public static boolean cut(HttpExchange exchange, byte[] bytes, int sent) throws IOException {
    exchange.sendResponseHeaders(200, bytes.length);
    exchange.getResponseBody().write(bytes, 0, sent);
    exchange.getResponseBody().flush();
    exchange.close();
    return true;
  }
}
