package dev.warren.internal.connection;

import dev.warren.SandboxException;
import dev.warren.SandboxException.Code;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import jnr.unixsocket.UnixSocketChannel;

/**
 * The native part of jnr-unixsocket. It is loaded on a thread of its own: were its first user
 * interrupted meanwhile, the library would be unusable for the rest of this JVM's life. That is
 * also time which the start of a sandbox hides. Thread-safe.
 */
final class NativeSockets {
  private final CompletableFuture<Void> loaded;

  NativeSockets(Executor executor) {
    this.loaded = CompletableFuture.runAsync(NativeSockets::load, executor);
  }

  private static void load() {
    try (UnixSocketChannel unused = UnixSocketChannel.create()) {
      return;
    } catch (IOException e) {
      throw new IllegalStateException("no socket can be made", e);
    }
  }

  /**
   * Waits until it can be used.
   *
   * @throws SandboxException {@code UNSUPPORTED} when it cannot be loaded; {@code CANCELLED}
   */
  void require(String operation, String subject) {
    try {
      loaded.get();
    } catch (InterruptedException e) {
      throw StatusMapper.interrupted(operation, subject, e);
    } catch (ExecutionException e) {
      throw SandboxException.of(Code.UNSUPPORTED, operation, subject)
          .detail("the native part of jnr-unixsocket cannot be loaded")
          .remedy(
              "set the system property java.io.tmpdir to a directory from which programs may run,"
                  + " or let the manager reach sandboxes over TCP")
          .cause(e.getCause())
          .build();
    }
  }
}
