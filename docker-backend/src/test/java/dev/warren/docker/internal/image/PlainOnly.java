package dev.warren.docker.internal.image;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PushbackInputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ExecutorService;

/**
 * Stands before a plain server and answers TLS, which engines try first, as other plain servers do:
 * with a refusal in plain HTTP. Engines with the containerd image store go on without TLS after
 * those words only. The JDK's server would wait for the end of a line that never comes.
 */
final class PlainOnly implements AutoCloseable {
  private static final int TLS = 0x16;
  private static final byte[] REFUSAL =
      "HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
          .getBytes(StandardCharsets.US_ASCII);

  private final ServerSocket door;
  private final int server;
  private final ExecutorService threads;

  PlainOnly(int server, ExecutorService threads) throws IOException {
    this.door = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    this.server = server;
    this.threads = threads;
    threads.execute(this::accept);
  }

  int port() {
    return door.getLocalPort();
  }

  @SuppressWarnings("resource") // Each connection closes its socket.
  private void accept() {
    try {
      while (true) {
        Socket guest = door.accept();
        threads.execute(() -> serve(guest));
      }
    } catch (IOException e) {
      // Closed.
    }
  }

  private void serve(Socket guest) {
    try (guest;
        Socket host = new Socket(InetAddress.getLoopbackAddress(), server)) {
      PushbackInputStream in = new PushbackInputStream(guest.getInputStream());
      int first = in.read();
      if (first < 0) {
        return;
      }
      if (first == TLS) {
        refuse(guest);
        return;
      }
      in.unread(first);
      threads.execute(() -> copy(in, host));
      host.getInputStream().transferTo(guest.getOutputStream());
    } catch (IOException e) {
      // One side hung up.
    }
  }

  /** What the guest sent is read, since a close before that could overtake the refusal. */
  private static void refuse(Socket guest) throws IOException {
    guest.getOutputStream().write(REFUSAL);
    guest.shutdownOutput();
    guest.getInputStream().transferTo(OutputStream.nullOutputStream());
  }

  private static void copy(InputStream in, Socket host) {
    try (OutputStream out = host.getOutputStream()) {
      in.transferTo(out);
    } catch (IOException e) {
      // One side hung up.
    }
  }

  @Override
  public void close() {
    try {
      door.close();
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }
}
