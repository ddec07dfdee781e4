package dev.warren.containerd.internal.event;

import com.google.protobuf.Any;
import com.google.protobuf.Empty;
import dev.warren.containerd.internal.api.events.PublishRequest;
import dev.warren.containerd.internal.api.events.SubscribeRequest;
import dev.warren.containerd.internal.api.types.Envelope;
import dev.warren.containerd.internal.client.ContainerdClient;
import io.grpc.Context;
import io.grpc.stub.StreamObserver;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

/**
 * The daemon's own stream. It does not say when it begins to deliver; so an event of ours is sent
 * through the daemon again and again until it comes back.
 */
final class DaemonEvents implements EventSource {
  private static final String PROBE = "/warren/probe";
  private static final long PROBE_MILLIS = 10;

  private final ContainerdClient client;
  private final ScheduledExecutorService scheduler;

  DaemonEvents(ContainerdClient client, ScheduledExecutorService scheduler) {
    this.client = client;
    this.scheduler = scheduler;
  }

  @Override
  public Runnable open(Consumer<Envelope> listener, Runnable live, Consumer<Throwable> ended) {
    String namespace = "namespace==" + client.namespace();
    SubscribeRequest request =
        SubscribeRequest.newBuilder()
            .addFilters(namespace + ",topic~=\"^/(tasks|containers)/\"")
            .addFilters(namespace + ",topic==\"" + PROBE + "\"")
            .build();
    Context.CancellableContext context = Context.ROOT.withCancellation();
    Subscriber subscriber = new Subscriber(listener, live, ended);
    context.run(() -> client.stubs().eventsAsync().subscribe(request, subscriber));
    ScheduledFuture<?> probes =
        scheduler.scheduleWithFixedDelay(
            () -> probe(subscriber), 1, PROBE_MILLIS, TimeUnit.MILLISECONDS);
    subscriber.onSettled(() -> probes.cancel(false));
    return () -> {
      probes.cancel(false);
      subscriber.mute();
      context.cancel(null);
    };
  }

  private void probe(Subscriber subscriber) {
    if (!subscriber.isSettled()) {
      PublishRequest request =
          PublishRequest.newBuilder()
              .setTopic(PROBE)
              .setEvent(Any.newBuilder().setTypeUrl("warren.Probe"))
              .build();
      Context.ROOT.run(() -> client.stubs().eventsAsync().publish(request, new Ignored()));
    }
  }

  /** Whether a probe got through is seen on the stream. */
  private static final class Ignored implements StreamObserver<Empty> {
    @Override
    public void onNext(Empty value) {}

    @Override
    public void onError(Throwable failure) {}

    @Override
    public void onCompleted() {}
  }

  private static final class Subscriber implements StreamObserver<Envelope> {
    private final Consumer<Envelope> listener;
    private final Runnable live;
    private final Consumer<Throwable> ended;
    private final AtomicBoolean settled = new AtomicBoolean();
    private final AtomicBoolean muted = new AtomicBoolean();
    private volatile Runnable onSettled = () -> {};

    Subscriber(Consumer<Envelope> listener, Runnable live, Consumer<Throwable> ended) {
      this.listener = listener;
      this.live = live;
      this.ended = ended;
    }

    void onSettled(Runnable action) {
      onSettled = action;
      if (settled.get()) {
        action.run();
      }
    }

    boolean isSettled() {
      return settled.get();
    }

    void mute() {
      muted.set(true);
    }

    @Override
    public void onNext(Envelope envelope) {
      if (settled.compareAndSet(false, true)) {
        onSettled.run();
        live.run();
      }
      if (!envelope.getTopic().equals(PROBE) && !muted.get()) {
        listener.accept(envelope);
      }
    }

    @Override
    public void onError(Throwable failure) {
      settled.set(true);
      onSettled.run();
      if (!muted.getAndSet(true)) {
        ended.accept(failure);
      }
    }

    @Override
    public void onCompleted() {
      onError(new IllegalStateException("the daemon ended the stream"));
    }
  }
}
