package dev.warren.internal.files;

import dev.warren.SandboxException;
import dev.warren.internal.connection.CallerExecutor;
import dev.warren.internal.connection.ConnectionSource;
import dev.warren.internal.connection.StatusMapper;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * A streaming call driven by one thread, which waits in {@link #send} while the transport is full
 * and in {@link #next} while there is nothing to read. In either direction only a few messages are
 * held. For one thread.
 */
final class StreamCall<Q, R> implements AutoCloseable {
  private static final int PREFETCH = 8;
  private static final int SEND_BUFFER = 1 << 20;

  private final CallerExecutor callbacks = new CallerExecutor();
  private final ArrayDeque<R> received = new ArrayDeque<>();
  private final ConnectionSource.Lease lease;
  private final String operation;
  private final String subject;
  private final ClientCall<Q, R> call;
  private final boolean oneMessage;
  private @Nullable Status end;
  private @Nullable Metadata trailers;
  private int unasked;
  private boolean released;

  /** Takes the lease over: {@link #close} closes it. */
  StreamCall(
      ConnectionSource.Lease lease,
      MethodDescriptor<Q, R> method,
      String operation,
      String subject) {
    this.lease = lease;
    this.operation = operation;
    this.subject = subject;
    this.oneMessage = method.getType().clientSendsOneMessage();
    CallOptions options =
        CallOptions.DEFAULT.withExecutor(callbacks).withOnReadyThreshold(SEND_BUFFER);
    this.call = lease.connection().channel().newCall(method, options);
    call.start(new Callbacks(), new Metadata());
    call.request(PREFETCH);
  }

  /**
   * Sends a message, once the transport takes it.
   *
   * @throws SandboxException what the server ended the call with, when it did
   */
  void send(Q message) {
    // A call that takes one message is never ready, and needs not be.
    while (!oneMessage && !call.isReady() && end == null) {
      await();
    }
    callbacks.runAll();
    requireOpen();
    call.sendMessage(message);
  }

  /** Tells that nothing more is sent. */
  void halfClose() {
    callbacks.runAll();
    requireOpen();
    call.halfClose();
  }

  /**
   * The next message; {@code null} after the last.
   *
   * @throws SandboxException what the server ended the call with
   */
  @Nullable R next() {
    while (received.isEmpty() && end == null) {
      await();
    }
    R message = received.poll();
    if (message == null) {
      requireOpen();
      return null;
    }
    unasked++;
    if (end == null && unasked >= PREFETCH / 2) {
      call.request(unasked); // one wake-up of the transport for several messages
      unasked = 0;
    }
    return message;
  }

  /** Ends the call, if it has not ended, and gives the connection back. */
  @Override
  public void close() {
    if (released) {
      return;
    }
    released = true;
    if (end == null) {
      call.cancel("no longer needed", null);
    }
    callbacks.leave();
    received.forEach(this::discard);
    received.clear();
    lease.close();
  }

  /** Some messages hold memory of the transport. */
  private void discard(R message) {
    if (message instanceof DownloadFrame<?> frame) {
      frame.close();
    }
  }

  private void requireOpen() {
    if (end != null && !end.isOk()) {
      throw StatusMapper.map(operation, subject, end, trailers);
    }
  }

  private void await() {
    try {
      callbacks.await();
    } catch (InterruptedException e) {
      call.cancel("the calling thread was interrupted", e);
      throw StatusMapper.interrupted(operation, subject, e);
    }
  }

  /** Runs on the thread that waits. */
  private final class Callbacks extends ClientCall.Listener<R> {
    @Override
    public void onMessage(R message) {
      if (released) { // on a thread of the transport, while or after close empties the queue
        discard(message);
      } else {
        received.add(message);
      }
    }

    @Override
    public void onClose(Status status, Metadata trailer) {
      end = status;
      trailers = trailer;
    }
  }
}
