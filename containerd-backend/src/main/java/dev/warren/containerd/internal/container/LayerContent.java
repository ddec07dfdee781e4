package dev.warren.containerd.internal.container;

import com.google.protobuf.ByteString;
import dev.warren.SandboxException;
import dev.warren.SandboxException.Code;
import dev.warren.containerd.internal.api.content.WriteAction;
import dev.warren.containerd.internal.api.content.WriteContentRequest;
import dev.warren.containerd.internal.api.content.WriteContentResponse;
import dev.warren.containerd.internal.api.diff.ApplyRequest;
import dev.warren.containerd.internal.api.types.Descriptor;
import dev.warren.containerd.internal.api.types.Mount;
import dev.warren.containerd.internal.client.ContainerdClient;
import dev.warren.containerd.internal.client.ContainerdErrors;
import dev.warren.containerd.internal.client.Lease;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import java.io.IOException;
import java.io.InputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Applies tar streams to mounts: the daemon does that with content it has stored, so a stream is
 * stored first, under a lease that ends with the call. Thread-safe.
 */
public final class LayerContent {
  /** A layer that is not compressed. */
  public static final String TAR = "application/vnd.oci.image.layer.v1.tar";

  private static final Duration LONGEST = Duration.ofHours(1);
  private static final int CHUNK = 1 << 20;
  private static final int PATIENCE_SECONDS = 120;

  private final ContainerdClient client;

  public LayerContent(ContainerdClient client) {
    this.client = client;
  }

  /**
   * Applies a tar to mounts.
   *
   * @param check sees all bytes before any is applied; what it throws ends the call
   */
  public void apply(
      String operation, String id, InputStream tar, List<Mount> mounts, Consumer<byte[]> check) {
    try (Lease lease = client.leases().acquire(LONGEST)) {
      Descriptor stored = store(operation, id, lease, tar, check);
      ApplyRequest request = ApplyRequest.newBuilder().setDiff(stored).addAllMounts(mounts).build();
      client.call(operation, id, () -> lease.stubs().diff().apply(request));
    }
  }

  private Descriptor store(
      String operation, String id, Lease lease, InputStream tar, Consumer<byte[]> check) {
    Upload upload = new Upload(operation, id, "warren-" + UUID.randomUUID());
    try {
      lease.stubs().contentAsync().write(upload);
      return upload.send(tar, check);
    } catch (RuntimeException e) {
      upload.cancel();
      throw client.translate(operation, id, e);
    }
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("each Java platform has SHA-256", e);
    }
  }

  /** One write to the content store; used by the thread that sends. */
  private static final class Upload
      implements ClientResponseObserver<WriteContentRequest, WriteContentResponse> {
    private final String operation;
    private final String id;
    private final String ref;
    private final Semaphore ready = new Semaphore(0);
    private final BlockingQueue<Object> answers = new LinkedBlockingQueue<>();
    private @Nullable ClientCallStreamObserver<WriteContentRequest> call;

    Upload(String operation, String id, String ref) {
      this.operation = operation;
      this.id = id;
      this.ref = ref;
    }

    @Override
    public void beforeStart(ClientCallStreamObserver<WriteContentRequest> stream) {
      call = stream;
      stream.setOnReadyHandler(ready::release);
    }

    @Override
    public void onNext(WriteContentResponse answer) {
      if (answer.getAction() == WriteAction.COMMIT) {
        answers.add(answer);
      }
    }

    @Override
    public void onError(Throwable failure) {
      answers.add(failure);
      ready.release();
    }

    @Override
    public void onCompleted() {
      ready.release();
    }

    Descriptor send(InputStream tar, Consumer<byte[]> check) {
      ClientCallStreamObserver<WriteContentRequest> stream = java.util.Objects.requireNonNull(call);
      MessageDigest digest = sha256();
      long offset = 0;
      while (true) {
        byte[] chunk = read(tar);
        check.accept(chunk);
        if (chunk.length == 0) {
          break;
        }
        digest.update(chunk);
        awaitReady(stream);
        stream.onNext(
            WriteContentRequest.newBuilder()
                .setAction(WriteAction.WRITE)
                .setRef(ref)
                .setOffset(offset)
                .setData(com.google.protobuf.UnsafeByteOperations.unsafeWrap(chunk))
                .build());
        offset += chunk.length;
      }
      String name = "sha256:" + HexFormat.of().formatHex(digest.digest());
      // Without the digest that is expected: told of one it has, the daemon answers "exists" before
      // it puts the content under our lease, and the end of another's would take it from us.
      stream.onNext(
          WriteContentRequest.newBuilder()
              .setAction(WriteAction.COMMIT)
              .setRef(ref)
              .setOffset(offset)
              .setTotal(offset)
              .setData(ByteString.EMPTY)
              .build());
      Object answer = take();
      if (answer instanceof RuntimeException failure
          && !ContainerdErrors.isAlreadyExists(failure)) {
        throw failure;
      }
      if (answer instanceof WriteContentResponse stored && !stored.getDigest().equals(name)) {
        throw SandboxException.of(Code.DATA_LOSS, operation, id)
            .backend(ContainerdErrors.BACKEND)
            .detail("the daemon stored something else than it was sent")
            .build();
      }
      stream.onCompleted();
      return Descriptor.newBuilder().setMediaType(TAR).setDigest(name).setSize(offset).build();
    }

    private byte[] read(InputStream tar) {
      try {
        return tar.readNBytes(CHUNK);
      } catch (IOException e) {
        throw SandboxException.of(Code.INVALID_ARGUMENT, operation, id)
            .detail("the archive cannot be read to its end")
            .cause(e)
            .build();
      }
    }

    private void awaitReady(ClientCallStreamObserver<WriteContentRequest> stream) {
      while (!stream.isReady()) {
        if (answers.peek() instanceof RuntimeException failure) {
          throw failure;
        }
        try {
          if (!ready.tryAcquire(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
            throw timeout();
          }
        } catch (InterruptedException e) {
          throw interrupted(e);
        }
      }
    }

    private Object take() {
      try {
        Object answer = answers.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
        if (answer == null) {
          throw timeout();
        }
        return answer;
      } catch (InterruptedException e) {
        throw interrupted(e);
      }
    }

    private SandboxException timeout() {
      return SandboxException.of(Code.TIMEOUT, operation, id)
          .backend(ContainerdErrors.BACKEND)
          .detail("the daemon did not take the archive in time")
          .build();
    }

    private SandboxException interrupted(InterruptedException cause) {
      Thread.currentThread().interrupt();
      return SandboxException.of(Code.CANCELLED, operation, id)
          .backend(ContainerdErrors.BACKEND)
          .detail("the wait for the daemon was interrupted")
          .cause(cause)
          .build();
    }

    void cancel() {
      ClientCallStreamObserver<WriteContentRequest> stream = call;
      if (stream != null) {
        stream.cancel("the upload is given up", null);
      }
    }
  }
}
