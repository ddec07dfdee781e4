package dev.warren.docker;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A socket between a client and an engine, which knows of every container whether it was ever
 * started, and of every request to the archive API whether it came after that. Each connection
 * carries one request: the engine is told to close it afterwards. Thread-safe.
 */
final class RecordingProxy implements AutoCloseable {
  private static final Pattern CREATE = Pattern.compile("POST \\S*/containers/create\\?(\\S*) .*");
  private static final Pattern START = Pattern.compile("POST \\S*/containers/([^/]+)/start\\S* .*");
  private static final Pattern ARCHIVE =
      Pattern.compile("(?:GET|PUT|HEAD) \\S*/containers/([^/]+)/archive\\S* .*");
  private static final Pattern NAME = Pattern.compile("(?:^|&)name=([^&]+)");
  private static final Pattern ID = Pattern.compile("\"Id\":\"([0-9a-f]{64})\"");
  private static final int MOST_HEAD = 64 << 10;

  private final Path engine;
  private final Path socket;
  private final ServerSocketChannel server;
  private final Map<String, String> idsByName = new ConcurrentHashMap<>();
  private final Set<String> started = ConcurrentHashMap.newKeySet();
  private final List<String> archivedBeforeStart = new CopyOnWriteArrayList<>();
  private final List<String> archivedAfterStart = new CopyOnWriteArrayList<>();

  RecordingProxy(Path engine) throws IOException {
    this.engine = engine;
    this.socket = Files.createTempDirectory("warren-proxy").resolve("s");
    this.server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
    server.bind(UnixDomainSocketAddress.of(socket));
    daemon(this::accept);
  }

  String address() {
    return "unix://" + socket;
  }

  /** Requests to the archive API for containers that had never been started. */
  List<String> archivedBeforeStart() {
    return archivedBeforeStart;
  }

  /** Those that must never be made. */
  List<String> archivedAfterStart() {
    return archivedAfterStart;
  }

  /** The containers that were started at least once. */
  Set<String> started() {
    return started;
  }

  private void accept() {
    while (server.isOpen()) {
      try {
        SocketChannel client = server.accept();
        daemon(() -> serve(client));
      } catch (IOException e) {
        return;
      }
    }
  }

  private void serve(SocketChannel client) {
    try (client;
        SocketChannel upstream = SocketChannel.open(UnixDomainSocketAddress.of(engine))) {
      InputStream requests = Channels.newInputStream(client);
      OutputStream toEngine = Channels.newOutputStream(upstream);
      String head = head(requests);
      if (head.isEmpty()) {
        return;
      }
      String line = head.substring(0, head.indexOf("\r\n"));
      record(line);
      toEngine.write(closing(head).getBytes(StandardCharsets.ISO_8859_1));
      daemon(
          () -> {
            try {
              requests.transferTo(toEngine);
              upstream.shutdownOutput();
            } catch (IOException e) {
              // One of both has ended, and so does the other direction.
            }
          });
      answer(line, Channels.newInputStream(upstream), Channels.newOutputStream(client));
    } catch (IOException e) {
      // The other side sees the end of the connection, as without a proxy.
    }
  }

  private void answer(String line, InputStream from, OutputStream to) throws IOException {
    Matcher create = CREATE.matcher(line);
    if (!create.matches()) {
      from.transferTo(to);
      return;
    }
    byte[] all = from.readAllBytes();
    Matcher name = NAME.matcher(create.group(1));
    Matcher id = ID.matcher(new String(all, StandardCharsets.UTF_8));
    if (name.find() && id.find()) {
      idsByName.put(name.group(1), id.group(1));
    }
    to.write(all);
  }

  private void record(String line) {
    Matcher start = START.matcher(line);
    if (start.matches()) {
      started.add(canonical(start.group(1)));
    }
    Matcher archive = ARCHIVE.matcher(line);
    if (archive.matches()) {
      boolean late = started.contains(canonical(archive.group(1)));
      (late ? archivedAfterStart : archivedBeforeStart).add(line);
    }
  }

  private String canonical(String nameOrId) {
    return idsByName.getOrDefault(nameOrId, nameOrId);
  }

  private static String head(InputStream in) throws IOException {
    ByteArrayOutputStream head = new ByteArrayOutputStream();
    for (int end = 0; end != 0x0d0a0d0a && head.size() < MOST_HEAD; ) {
      int next = in.read();
      if (next < 0) {
        return "";
      }
      head.write(next);
      end = end << 8 | next;
    }
    return head.toString(StandardCharsets.ISO_8859_1);
  }

  /** A connection that is upgraded carries no further request anyway. */
  private static String closing(String head) {
    if (head.toLowerCase(java.util.Locale.ROOT).contains("\r\nupgrade:")) {
      return head;
    }
    String others = head.replaceAll("(?i)\r\nconnection:[^\r]*", "");
    return others.substring(0, others.length() - 2) + "Connection: close\r\n\r\n";
  }

  private static void daemon(Runnable body) {
    Thread thread = new Thread(body, "recording-proxy");
    thread.setDaemon(true);
    thread.start();
  }

  @Override
  public void close() {
    try {
      server.close();
      Files.deleteIfExists(socket);
      Files.delete(socket.getParent());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
