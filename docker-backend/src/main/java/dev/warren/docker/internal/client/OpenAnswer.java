package dev.warren.docker.internal.client;

import com.github.dockerjava.transport.DockerHttpClient.Response;
import java.io.InterruptedIOException;
import org.jspecify.annotations.Nullable;

/**
 * The answer that somebody waits for: closed from another thread it ends a read that hears no
 * interrupt. Thread-safe.
 */
final class OpenAnswer implements AutoCloseable {
  private @Nullable Response response;
  private boolean closed;

  /** Keeps an answer that has come, or ends it where nobody waits any more. */
  synchronized Response take(Response arrived) throws InterruptedIOException {
    if (closed) {
      arrived.close();
      throw new InterruptedIOException("nobody waits for the answer");
    }
    response = arrived;
    return arrived;
  }

  @Override
  public synchronized void close() {
    closed = true;
    if (response != null) {
      response.close();
    }
  }
}
