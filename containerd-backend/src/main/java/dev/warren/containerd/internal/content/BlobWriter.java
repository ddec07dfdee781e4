package dev.warren.containerd.internal.content;

import com.google.protobuf.UnsafeByteOperations;
import dev.warren.containerd.internal.api.content.ContentGrpc.ContentStub;
import dev.warren.containerd.internal.api.content.WriteAction;
import dev.warren.containerd.internal.api.content.WriteContentRequest;
import dev.warren.containerd.internal.api.content.WriteContentResponse;
import io.grpc.Status;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * One ingest into the content store. The daemon answers each frame; that a few answers are
 * outstanding at most is the back-pressure. To be used by one thread; failures are grpc's.
 */
public final class BlobWriter implements AutoCloseable {
  /** The daemon's own frame size; its limit is 16 MiB. */
  static final int FRAME_BYTES = 1 << 20;

  private static final int WINDOW = 4;

  /** The commit of a large blob waits for the disk. */
  private static final Duration PATIENCE = Duration.ofMinutes(5);

  private static final long UNKNOWN = -1;

  private final String ref;
  private final String digest;
  private final long total;
  private final BlockingQueue<Answer> answers = new LinkedBlockingQueue<>();
  private final ClientCallStreamObserver<WriteContentRequest> frames;
  private final Duration patience;
  private final Supplier<? extends RuntimeException> overdue;
  private int outstanding;
  private long offset;
  private boolean finished;

  private record Answer(@Nullable WriteContentResponse response, @Nullable Throwable failure) {}

  /** For a blob that is known, and may be there in part. */
  public BlobWriter(ContentStub stub, String ref, String digest, long total) {
    this(stub, ref, digest, total, PATIENCE, Status.DEADLINE_EXCEEDED::asRuntimeException);
  }

  private BlobWriter(
      ContentStub stub,
      String ref,
      String digest,
      long total,
      Duration patience,
      Supplier<? extends RuntimeException> overdue) {
    this.patience = patience;
    this.overdue = overdue;
    this.ref = ref;
    this.digest = digest;
    this.total = total;
    StreamObserver<WriteContentRequest> observer =
        stub.write(
            new StreamObserver<>() {
              @Override
              public void onNext(WriteContentResponse value) {
                answers.add(new Answer(value, null));
              }

              @Override
              public void onError(Throwable failure) {
                answers.add(new Answer(null, failure));
              }

              @Override
              public void onCompleted() {
                answers.add(
                    new Answer(
                        null,
                        Status.UNAVAILABLE
                            .withDescription("the daemon ended the ingest")
                            .asRuntimeException()));
              }
            });
    this.frames = (ClientCallStreamObserver<WriteContentRequest>) observer;
  }

  /**
   * For a stream of which nothing is known. Without the digest that is expected: told of one it
   * has, the daemon answers "exists" before it puts the content under our lease, and the end of
   * another's would take it from us.
   *
   * @param patience for each answer
   * @param overdue made where the daemon takes longer
   */
  static BlobWriter ofStream(
      ContentStub stub,
      String ref,
      Duration patience,
      Supplier<? extends RuntimeException> overdue) {
    return new BlobWriter(stub, ref, "", UNKNOWN, patience, overdue);
  }

  /** Opens the ingest; where one was left behind, goes on at its end. */
  public long open() throws InterruptedException {
    send(frame(WriteAction.STAT));
    offset = settle(0).getOffset();
    return offset;
  }

  /** How much is written. */
  long offset() {
    return offset;
  }

  /** Appends bytes. They must not change until the blob is committed. */
  public void write(byte[] bytes, int length) throws InterruptedException {
    send(
        frame(WriteAction.WRITE)
            .setOffset(offset)
            .setData(UnsafeByteOperations.unsafeWrap(bytes, 0, length)));
    offset += length;
    settle(WINDOW);
  }

  /** Makes it content, if it has the digest it should have; tells the digest it has. */
  String commit(Map<String, String> labels) throws InterruptedException {
    long size = total == UNKNOWN ? offset : total;
    send(frame(WriteAction.COMMIT).setOffset(size).setTotal(size).putAllLabels(labels));
    String stored = settle(0).getDigest();
    finished = true;
    frames.onCompleted();
    return stored;
  }

  /** Ends the call. An ingest that was not committed stays; see {@link ContentStore#abort}. */
  @Override
  public void close() {
    if (!finished) {
      finished = true;
      frames.cancel("the ingest was given up", null);
    }
  }

  private WriteContentRequest.Builder frame(WriteAction action) {
    return WriteContentRequest.newBuilder()
        .setAction(action)
        .setRef(ref)
        .setTotal(Math.max(total, 0))
        .setExpected(digest);
  }

  private void send(WriteContentRequest.Builder frame) {
    frames.onNext(frame.build());
    outstanding++;
  }

  /** Waits until no more than so many answers are missing; returns the last one that came. */
  private WriteContentResponse settle(int allowed) throws InterruptedException {
    WriteContentResponse last = WriteContentResponse.getDefaultInstance();
    // Not further: after the answer to a commit comes the end of the stream, which is no failure.
    while (outstanding > allowed) {
      Answer answer = answers.poll(patience.toMillis(), TimeUnit.MILLISECONDS);
      if (answer == null) {
        throw overdue.get();
      }
      if (answer.response() == null) {
        throw Status.fromThrowable(answer.failure()).asRuntimeException();
      }
      last = answer.response();
      outstanding--;
    }
    return last;
  }
}
