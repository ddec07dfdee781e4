package dev.warren.containerd.internal.content;

import dev.warren.SandboxException;
import dev.warren.SandboxException.Code;
import dev.warren.containerd.internal.api.diff.ApplyRequest;
import dev.warren.containerd.internal.api.types.Descriptor;
import dev.warren.containerd.internal.api.types.Mount;
import dev.warren.containerd.internal.client.ContainerdClient;
import dev.warren.containerd.internal.client.ContainerdErrors;
import dev.warren.containerd.internal.client.Lease;
import dev.warren.containerd.internal.manifest.Sha256;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.io.InputStream;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Consumer;

/**
 * Applies tar streams to mounts: the daemon does that with content it has stored, so a stream is
 * stored first, under a lease that ends with the call. Thread-safe.
 */
public final class LayerContent {
  /** A layer that is not compressed. */
  public static final String TAR = "application/vnd.oci.image.layer.v1.tar";

  private static final Duration LONGEST = Duration.ofHours(1);
  private static final Duration PATIENCE = Duration.ofMinutes(2);

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
    MessageDigest digest = Sha256.running();
    try (BlobWriter writer =
        BlobWriter.ofStream(
            lease.stubs().contentAsync(),
            "warren-" + UUID.randomUUID(),
            PATIENCE,
            () -> timeout(operation, id))) {
      while (true) {
        byte[] chunk = read(operation, id, tar);
        check.accept(chunk);
        if (chunk.length == 0) {
          break;
        }
        digest.update(chunk);
        writer.write(chunk, chunk.length);
      }
      String name = Sha256.of(digest);
      commit(operation, id, writer, name);
      return Descriptor.newBuilder()
          .setMediaType(TAR)
          .setDigest(name)
          .setSize(writer.offset())
          .build();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw SandboxException.of(Code.CANCELLED, operation, id)
          .backend(ContainerdErrors.BACKEND)
          .detail("the wait for the daemon was interrupted")
          .cause(e)
          .build();
    } catch (RuntimeException e) {
      throw client.translate(operation, id, e);
    }
  }

  private static void commit(String operation, String id, BlobWriter writer, String name)
      throws InterruptedException {
    try {
      if (!writer.commit(Map.of()).equals(name)) {
        throw SandboxException.of(Code.DATA_LOSS, operation, id)
            .backend(ContainerdErrors.BACKEND)
            .detail("the daemon stored something else than it was sent")
            .build();
      }
    } catch (StatusRuntimeException e) {
      // Somebody else stored the same: it is under our lease all the same.
      if (!ContainerdErrors.isAlreadyExists(e)) {
        throw e;
      }
    }
  }

  private static byte[] read(String operation, String id, InputStream tar) {
    try {
      return tar.readNBytes(BlobWriter.FRAME_BYTES);
    } catch (IOException e) {
      throw SandboxException.of(Code.INVALID_ARGUMENT, operation, id)
          .detail("the archive cannot be read to its end")
          .cause(e)
          .build();
    }
  }

  private static SandboxException timeout(String operation, String id) {
    return SandboxException.of(Code.TIMEOUT, operation, id)
        .backend(ContainerdErrors.BACKEND)
        .detail("the daemon did not take the archive in time")
        .build();
  }
}
