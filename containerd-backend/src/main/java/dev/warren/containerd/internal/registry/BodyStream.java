package dev.warren.containerd.internal.registry;

import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.net.http.HttpResponse.BodySubscriber;
import java.net.http.HttpTimeoutException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow.Subscription;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The body of an answer as a stream that gives up when nothing arrives for a while; the JDK's own
 * waits for ever. To be read by one thread.
 */
final class BodyStream extends InputStream implements BodySubscriber<InputStream> {
  private sealed interface Event {
    record Data(List<ByteBuffer> buffers) implements Event {}

    record End(@Nullable Throwable failure) implements Event {}
  }

  private final Duration idleTimeout;
  private final BlockingQueue<Event> events = new LinkedBlockingQueue<>();
  private final CompletableFuture<Subscription> subscribed = new CompletableFuture<>();
  private final ArrayDeque<ByteBuffer> buffers = new ArrayDeque<>();
  private boolean asked;
  private boolean ended;

  BodyStream(Duration idleTimeout) {
    this.idleTimeout = idleTimeout;
  }

  @Override
  public CompletionStage<InputStream> getBody() {
    return CompletableFuture.completedFuture(this);
  }

  @Override
  public void onSubscribe(Subscription subscription) {
    subscribed.complete(subscription);
  }

  @Override
  public void onNext(List<ByteBuffer> item) {
    events.add(new Event.Data(item));
  }

  @Override
  public void onError(Throwable failure) {
    events.add(new Event.End(failure));
  }

  @Override
  public void onComplete() {
    events.add(new Event.End(null));
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] target, int offset, int length) throws IOException {
    Objects.checkFromIndexSize(offset, length, target.length);
    if (length == 0) {
      return 0;
    }
    while (true) {
      ByteBuffer first = buffers.peek();
      if (first == null) {
        if (ended || !fill()) {
          return -1;
        }
      } else if (first.hasRemaining()) {
        int count = Math.min(length, first.remaining());
        first.get(target, offset, count);
        return count;
      } else {
        buffers.remove();
      }
    }
  }

  /** Waits for the next piece; false at the end. */
  private boolean fill() throws IOException {
    try {
      long millis = idleTimeout.toMillis();
      if (!asked) {
        subscribed.get(millis, TimeUnit.MILLISECONDS).request(1);
        asked = true;
      }
      Event event = events.poll(millis, TimeUnit.MILLISECONDS);
      if (event == null) {
        throw new HttpTimeoutException("nothing arrived for " + idleTimeout);
      }
      asked = false;
      if (event instanceof Event.Data data) {
        buffers.addAll(data.buffers());
        return true;
      }
      ended = true;
      Throwable failure = ((Event.End) event).failure();
      if (failure != null) {
        throw new IOException("the connection was lost in mid-body", failure);
      }
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw (IOException) new InterruptedIOException("interrupted").initCause(e);
    } catch (java.util.concurrent.ExecutionException | java.util.concurrent.TimeoutException e) {
      throw new IOException("no body came", e);
    }
  }

  /** Ends the exchange; the connection is only kept where the body was read to its end. */
  @Override
  public void close() {
    if (!ended) {
      ended = true;
      buffers.clear();
      Subscription subscription = subscribed.getNow(null);
      if (subscription != null) {
        subscription.cancel();
      }
    }
  }
}
