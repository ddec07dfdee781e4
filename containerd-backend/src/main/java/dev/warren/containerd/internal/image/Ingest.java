package dev.warren.containerd.internal.image;

import dev.warren.SandboxException;
import dev.warren.SandboxException.Code;
import dev.warren.containerd.internal.client.ContainerdClient;
import dev.warren.containerd.internal.client.ContainerdErrors;
import dev.warren.containerd.internal.client.Lease;
import dev.warren.containerd.internal.image.manifest.BlobDescriptor;
import dev.warren.containerd.internal.image.manifest.Sha256;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.Map;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Brings one blob into the content store, under a lease and with labels. Goes on where an earlier
 * process stopped. When it fails it leaves no ingest behind. To be used once.
 */
final class Ingest {
  private static final Duration LOCK_POLL = Duration.ofMillis(200);

  /** Long enough for another process's slow download. */
  private static final Duration LOCK_PATIENCE = Duration.ofMinutes(30);

  /** Opens the blob's bytes from an offset on. */
  interface Source {
    InputStream open(long offset) throws IOException, InterruptedException;
  }

  /** Decides about a failure of the source, after that many without a byte between them. */
  interface Persistence {
    void afterFailure(int failures, IOException failure) throws IOException, InterruptedException;
  }

  private final ContainerdClient client;
  private final ContentStore content;
  private final Lease lease;
  private final BlobDescriptor blob;
  private final Map<String, String> labels;
  private final String ref;

  Ingest(ContainerdClient client, Lease lease, BlobDescriptor blob, Map<String, String> labels) {
    this.client = client;
    this.content = new ContentStore(client);
    this.lease = lease;
    this.blob = blob;
    this.labels = labels;
    this.ref = "warren-" + blob.digest();
  }

  /** Writes bytes that are in memory and already checked. */
  void write(byte[] bytes) throws IOException, InterruptedException {
    transfer(
        offset ->
            new java.io.ByteArrayInputStream(bytes, (int) offset, bytes.length - (int) offset),
        (failures, failure) -> {
          throw failure;
        },
        done -> {});
  }

  /**
   * Copies the blob from its source.
   *
   * @param progress told how many bytes are there
   * @throws SandboxException {@code DATA_LOSS} where the bytes do not match the descriptor
   */
  void transfer(Source source, Persistence persistence, LongConsumer progress)
      throws IOException, InterruptedException {
    boolean resumed = attempt(source, persistence, progress);
    if (resumed) {
      // What an earlier process left may have been damaged: once more, from the start.
      attempt(source, persistence, progress);
    }
  }

  /** Returns whether a second attempt may help. */
  private boolean attempt(Source source, Persistence persistence, LongConsumer progress)
      throws IOException, InterruptedException {
    boolean resumed = false;
    BlobWriter writer = null;
    try {
      writer = openUnlocked();
      if (writer == null) {
        return false;
      }
      resumed = writer.offset() > 0 && writer.offset() < blob.size();
      copy(writer, source, persistence, progress);
      writer.commit(labels);
      return false;
    } catch (IOException | InterruptedException | RuntimeException e) {
      if (writer != null && exists(e)) {
        content.adopt(lease, blob.digest(), labels);
        return false;
      }
      if (writer != null) {
        writer.close();
        content.abort(ref);
      }
      if (e instanceof IOException || e instanceof InterruptedException) {
        throw e;
      }
      SandboxException known = explain((RuntimeException) e);
      if (resumed && known.code() == Code.DATA_LOSS) {
        return true;
      }
      throw known;
    }
  }

  private void copy(
      BlobWriter writer, Source source, Persistence persistence, LongConsumer progress)
      throws IOException, InterruptedException {
    int failures = 0;
    while (writer.offset() < blob.size()) {
      long before = writer.offset();
      try (InputStream in = source.open(before)) {
        pump(in, writer, progress);
        if (writer.offset() < blob.size()) {
          throw new java.io.EOFException("the blob ends too early");
        }
      } catch (IOException e) {
        failures = writer.offset() > before ? 1 : failures + 1;
        persistence.afterFailure(failures, e);
      }
    }
  }

  private void pump(InputStream in, BlobWriter writer, LongConsumer progress)
      throws IOException, InterruptedException {
    while (true) {
      byte[] frame = new byte[(int) Math.min(BlobWriter.FRAME_BYTES, remaining(writer) + 1)];
      // A frame is sent as it is when the source fails in its midst: those bytes are good.
      int filled = 0;
      IOException failure = null;
      try {
        while (filled < frame.length) {
          int count = in.read(frame, filled, frame.length - filled);
          if (count < 0) {
            break;
          }
          filled += count;
        }
      } catch (IOException e) {
        failure = e;
      }
      if (filled > remaining(writer)) {
        throw mismatch("it is longer than the image says");
      }
      if (filled > 0) {
        writer.write(frame, filled);
        progress.accept(writer.offset());
      }
      if (failure != null) {
        throw failure;
      }
      if (filled < frame.length) {
        return;
      }
    }
  }

  private long remaining(BlobWriter writer) {
    return blob.size() - writer.offset();
  }

  /** Opens a writer, waiting for another process's; null where that one finished the blob. */
  private @Nullable BlobWriter openUnlocked() throws InterruptedException {
    long end = System.nanoTime() + LOCK_PATIENCE.toNanos();
    while (true) {
      BlobWriter writer =
          new BlobWriter(lease.stubs().contentAsync(), ref, blob.digest(), blob.size());
      try {
        if (writer.open() > blob.size()) {
          writer.close();
          content.abort(ref);
          continue;
        }
        return writer;
      } catch (RuntimeException e) {
        writer.close();
        if (exists(e)) {
          content.adopt(lease, blob.digest(), labels);
          return null;
        }
        if (!isLocked(e) || System.nanoTime() > end) {
          throw client.translate("write content", Sha256.brief(blob.digest()), e);
        }
      } catch (InterruptedException e) {
        writer.close();
        throw e;
      }
      Thread.sleep(LOCK_POLL.toMillis());
    }
  }

  private SandboxException explain(RuntimeException failure) {
    String text = ContainerdErrors.daemonText(failure);
    if (text.contains("unexpected commit digest") || text.contains("unexpected commit size")) {
      return mismatch("its bytes do not match its digest");
    }
    return client.translate("write content", Sha256.brief(blob.digest()), failure);
  }

  private SandboxException mismatch(String why) {
    return SandboxException.of(Code.DATA_LOSS, "download layer", Sha256.brief(blob.digest()))
        .backend(ContainerdErrors.BACKEND)
        .detail("the registry sent something else: " + why)
        .build();
  }

  private static boolean exists(Exception failure) {
    return failure instanceof RuntimeException && ContainerdErrors.isAlreadyExists(failure);
  }

  /** The daemon has one status for a busy ingest and for being away; only its words differ. */
  private static boolean isLocked(Exception failure) {
    return ContainerdErrors.daemonText(failure).contains("locked");
  }
}
