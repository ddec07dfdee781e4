package dev.warren.internal.exec;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.ForwardingClientCall.SimpleForwardingClientCall;
import io.grpc.ForwardingClientCallListener.SimpleForwardingClientCallListener;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntSupplier;

/** Breaks streams as a lost connection would, after a number of frames. Thread-safe. */
final class StreamCutter implements ClientInterceptor {
  private static final int NEVER = Integer.MAX_VALUE;
  private static final int AT_ONCE = -1;

  private final IntSupplier frames;
  private final AtomicInteger cuts = new AtomicInteger();

  private StreamCutter(IntSupplier frames) {
    this.frames = frames;
  }

  static StreamCutter none() {
    return new StreamCutter(() -> NEVER);
  }

  /** Only the first stream, instead of its frame of this number. */
  static StreamCutter once(int number) {
    AtomicInteger streams = new AtomicInteger();
    return new StreamCutter(() -> streams.getAndIncrement() == 0 ? number : NEVER);
  }

  /** The first stream, so that the bridge sees nothing of it. */
  static StreamCutter beforeTheRequest() {
    return once(AT_ONCE);
  }

  /** Each of the first forty streams, after at most so many frames. */
  static StreamCutter random(long seed, int most) {
    Random random = new Random(seed);
    AtomicInteger streams = new AtomicInteger();
    return new StreamCutter(
        () -> {
          synchronized (random) {
            int stream = streams.getAndIncrement();
            // The least there is are three frames: attached, output, exit.
            return stream == 0 ? random.nextInt(3) : stream < 40 ? random.nextInt(most) : NEVER;
          }
        });
  }

  int cuts() {
    return cuts.get();
  }

  @Override
  public <Q, R> ClientCall<Q, R> interceptCall(
      MethodDescriptor<Q, R> method, CallOptions options, Channel next) {
    if (method.getType() != MethodDescriptor.MethodType.BIDI_STREAMING) {
      return next.newCall(method, options);
    }
    return new CutCall<>(next.newCall(method, options), frames.getAsInt(), options);
  }

  private final class CutCall<Q, R> extends SimpleForwardingClientCall<Q, R> {
    private final CallOptions options;
    private int left;
    private volatile boolean cut;

    CutCall(ClientCall<Q, R> call, int left, CallOptions options) {
      super(call);
      this.left = left;
      this.options = options;
    }

    @Override
    public void start(Listener<R> listener, Metadata headers) {
      if (left == AT_ONCE) {
        cut = true;
        cuts.incrementAndGet();
        options
            .getExecutor()
            .execute(() -> listener.onClose(Status.UNAVAILABLE.withDescription("cut"), headers));
        return;
      }
      super.start(
          new SimpleForwardingClientCallListener<>(listener) {
            @Override
            public void onMessage(R message) {
              if (cut) {
                return;
              }
              if (left-- > 0) {
                super.onMessage(message);
                return;
              }
              cut();
              super.onClose(Status.UNAVAILABLE.withDescription("cut"), new Metadata());
            }

            @Override
            public void onClose(Status status, Metadata trailers) {
              if (!cut) {
                super.onClose(status, trailers);
              }
            }
          },
          headers);
    }

    /** Not while a message is sent: gRPC takes none after a cancel. */
    private synchronized void cut() {
      cut = true;
      cuts.incrementAndGet();
      delegate().cancel("cut", null);
    }

    @Override
    public synchronized void sendMessage(Q message) {
      if (!cut) {
        super.sendMessage(message);
      }
    }

    @Override
    public synchronized void halfClose() {
      if (!cut) {
        super.halfClose();
      }
    }

    @Override
    public void request(int count) {
      if (!cut) {
        super.request(count);
      }
    }

    @Override
    public void cancel(String message, Throwable cause) {
      if (!cut) {
        super.cancel(message, cause);
      }
    }
  }
}
