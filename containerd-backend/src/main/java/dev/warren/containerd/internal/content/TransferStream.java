package dev.warren.containerd.internal.content;

import com.google.protobuf.Any;
import com.google.protobuf.Message;
import dev.warren.containerd.internal.api.streaming.StreamInit;
import dev.warren.containerd.internal.api.streaming.StreamingGrpc.StreamingStub;
import io.grpc.Status;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * A channel beside a transfer, over which the daemon tells progress or asks for credentials. The
 * transfer names it by its id. Thread-safe.
 */
public final class TransferStream implements AutoCloseable {
  private static final long ANSWER_SECONDS = 10;

  private final String id = "warren-" + UUID.randomUUID();
  private final CompletableFuture<Void> known = new CompletableFuture<>();
  private final ClientCallStreamObserver<Any> out;

  /** Hears what the daemon says; an answer that is returned goes back. */
  public interface Listener {
    void hear(Any message, StreamObserver<Any> answers);
  }

  private TransferStream(StreamingStub stub, Listener listener) {
    StreamObserver<Any> sending =
        stub.stream(
            new StreamObserver<>() {
              @Override
              public void onNext(Any message) {
                // The first message only says that the id can be used.
                if (!known.complete(null)) {
                  listener.hear(message, out);
                }
              }

              @Override
              public void onError(Throwable failure) {
                known.completeExceptionally(failure);
              }

              @Override
              public void onCompleted() {
                known.completeExceptionally(Status.UNAVAILABLE.asRuntimeException());
              }
            });
    this.out = (ClientCallStreamObserver<Any>) sending;
    out.onNext(pack(StreamInit.newBuilder().setId(id).build()));
  }

  /** Opens a stream and waits until the daemon knows it; failures are grpc's. */
  public static TransferStream open(StreamingStub stub, Listener listener)
      throws InterruptedException {
    TransferStream stream = new TransferStream(stub, listener);
    try {
      stream.known.get(ANSWER_SECONDS, TimeUnit.SECONDS);
      return stream;
    } catch (ExecutionException e) {
      stream.close();
      throw Status.fromThrowable(e.getCause()).asRuntimeException();
    } catch (TimeoutException e) {
      stream.close();
      throw Status.DEADLINE_EXCEEDED.asRuntimeException();
    } catch (InterruptedException e) {
      stream.close();
      throw e;
    }
  }

  public String id() {
    return id;
  }

  /** The daemon names types by their bare name, which {@link Any#pack} cannot do. */
  public static Any pack(Message message) {
    return Any.newBuilder()
        .setTypeUrl(message.getDescriptorForType().getFullName())
        .setValue(message.toByteString())
        .build();
  }

  @Override
  public void close() {
    out.cancel("the transfer is over", null);
  }
}
