package dev.warren.internal.exec;

import dev.warren.bridge.v1.ContainerServiceGrpc;
import dev.warren.bridge.v1.Framing;
import dev.warren.bridge.v1.ProcessInput;
import dev.warren.bridge.v1.ProcessOutput;
import dev.warren.internal.connection.ConnectionSource;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.Metadata;
import io.grpc.Status;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * One Exec or Attach call. What comes in goes to its owner, one call at a time, on the executor.
 * Thread-safe: what goes out is sent under the monitor, because gRPC calls are not, and under it
 * nothing of ours is called.
 */
final class ProcessStream {
  /** Frames asked for in advance: enough to keep the pipe full, few enough to stay small. */
  private static final int PREFETCH = 8;

  /** The same where a frame may be a line of the greatest length. */
  private static final int PREFETCH_LINES = 2;

  /** A line is one frame, and the bridge takes lines of 64 MiB; the rest of a frame is small. */
  private static final int MAX_FRAME = (64 << 20) + (64 << 10);

  private final ConnectionSource.Lease lease;
  private final ClientCall<ProcessInput, ProcessOutput> call;
  private final AtomicBoolean released = new AtomicBoolean();
  private boolean ended;

  private ProcessStream(
      ConnectionSource.Lease lease, ClientCall<ProcessInput, ProcessOutput> call) {
    this.lease = lease;
    this.call = call;
  }

  /** Whom a stream reports to. */
  interface Owner {
    void onFrame(ProcessStream stream, ProcessOutput frame);

    void onEnd(ProcessStream stream, Status status, Metadata trailers);
  }

  /** Makes a stream that takes the lease over; {@link #begin} starts it. */
  static ProcessStream create(ConnectionSource.Lease lease, ProcessInput first, Executor executor) {
    return new ProcessStream(
        lease,
        lease
            .connection()
            .channel()
            .newCall(
                first.hasStart()
                    ? ContainerServiceGrpc.getExecMethod()
                    : ContainerServiceGrpc.getAttachMethod(),
                CallOptions.DEFAULT.withExecutor(executor).withMaxInboundMessageSize(MAX_FRAME)));
  }

  synchronized void begin(ProcessInput first, Owner owner) {
    call.start(
        new ClientCall.Listener<>() {
          @Override
          public void onMessage(ProcessOutput frame) {
            owner.onFrame(ProcessStream.this, frame);
          }

          @Override
          public void onClose(Status status, Metadata trailers) {
            owner.onEnd(ProcessStream.this, status, trailers);
          }
        },
        new Metadata());
    boolean bytes =
        first.hasStart() && first.getStart().getStdoutFraming() != Framing.FRAMING_LINES;
    call.request(bytes ? PREFETCH : PREFETCH_LINES);
    call.sendMessage(first);
  }

  synchronized void send(ProcessInput frame) {
    if (!ended) {
      call.sendMessage(frame);
    }
  }

  synchronized void request(int frames) {
    if (!ended) {
      call.request(frames);
    }
  }

  synchronized void cancel(String why) {
    ended = true;
    call.cancel(why, null);
  }

  /** Gives the connection back, once. */
  void release(boolean connectionFailed) {
    if (released.compareAndSet(false, true)) {
      if (connectionFailed || !lease.connection().isUsable()) {
        lease.invalidate();
      }
      lease.close();
    }
  }
}
