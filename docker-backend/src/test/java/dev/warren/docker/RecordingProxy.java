package dev.warren.docker;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

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
  private static final String END_OF_HEAD = "\r\n\r\n";
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
      String begin = begin(client);
      if (begin.isEmpty()) {
        return;
      }
      String line = begin.substring(0, begin.indexOf("\r\n"));
      record(line);
      send(upstream, closing(begin).getBytes(StandardCharsets.ISO_8859_1));
      daemon(
          () -> {
            try {
              copy(client, upstream, null);
              upstream.shutdownOutput();
            } catch (IOException e) {
              // One of both has ended, and so does the other direction.
            }
          });
      Matcher create = CREATE.matcher(line);
      ByteArrayOutputStream answer = create.matches() ? new ByteArrayOutputStream() : null;
      copy(upstream, client, answer);
      if (answer != null) {
        made(create.group(1), answer.toString(StandardCharsets.UTF_8));
      }
    } catch (IOException e) {
      // The other side sees the end of the connection, as without a proxy.
    }
  }

  private void made(String parameters, String answer) {
    Matcher name = NAME.matcher(parameters);
    Matcher id = ID.matcher(answer);
    if (name.find() && id.find()) {
      idsByName.put(name.group(1), id.group(1));
    }
  }

  /** On the channels themselves: their streams would lock each other out. */
  private static void copy(
      SocketChannel from, SocketChannel to, @Nullable ByteArrayOutputStream copy)
      throws IOException {
    ByteBuffer buffer = ByteBuffer.allocate(MOST_HEAD);
    while (from.read(buffer) >= 0) {
      byte[] bytes = Arrays.copyOf(buffer.array(), buffer.position());
      if (copy != null) {
        copy.writeBytes(bytes);
      }
      send(to, bytes);
      buffer.clear();
    }
  }

  private static void send(SocketChannel to, byte[] bytes) throws IOException {
    for (ByteBuffer rest = ByteBuffer.wrap(bytes); rest.hasRemaining(); ) {
      to.write(rest);
    }
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

  /** The head of the request and what came with it; empty when there is none. */
  private static String begin(SocketChannel client) throws IOException {
    StringBuilder begin = new StringBuilder();
    ByteBuffer buffer = ByteBuffer.allocate(MOST_HEAD);
    while (begin.indexOf(END_OF_HEAD) < 0) {
      if (client.read(buffer) < 0) {
        return "";
      }
      begin.append(StandardCharsets.ISO_8859_1.decode(buffer.flip()));
      buffer.clear();
    }
    return begin.toString();
  }

  /** A connection that is upgraded carries no further request anyway. */
  private static String closing(String begin) {
    int end = begin.indexOf(END_OF_HEAD);
    String head = begin.substring(0, end);
    if (head.toLowerCase(Locale.ROOT).contains("\r\nupgrade:")) {
      return begin;
    }
    return head.replaceAll("(?i)\r\nconnection:[^\r]*", "")
        + "\r\nConnection: close"
        + begin.substring(end);
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
