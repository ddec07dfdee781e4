package dev.warren.docker.internal.image;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PushbackInputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.concurrent.ExecutorService;

/**
 * Stands before a plain server and hangs up on TLS, which engines try first. The JDK's server would
 * wait for the end of a line that never comes.
 */
final class PlainOnly implements AutoCloseable {
  private static final int TLS = 0x16;

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
      if (first < 0 || first == TLS) {
        return;
      }
      in.unread(first);
      threads.execute(() -> copy(in, host));
      host.getInputStream().transferTo(guest.getOutputStream());
    } catch (IOException e) {
      // One side hung up.
    }
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
