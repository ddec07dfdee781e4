package dev.warren.containerd.internal.content;

import dev.warren.SandboxException;
import dev.warren.SandboxException.Code;
import dev.warren.containerd.internal.client.ContainerdClient;
import dev.warren.containerd.internal.client.ContainerdErrors;
import dev.warren.containerd.internal.client.Lease;
import dev.warren.containerd.internal.manifest.BlobDescriptor;
import dev.warren.containerd.internal.manifest.Sha256;
import dev.warren.engine.internal.retry.EngineRetries;
import dev.warren.engine.internal.retry.RetryPolicy;
import dev.warren.engine.internal.retry.RetryPolicy.Series;
import java.io.IOException;
import java.io.InputStream;
import java.util.Map;
import java.util.function.LongConsumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Brings one blob into the content store, under a lease and with labels. Goes on where an earlier
 * process stopped. When it fails it leaves no ingest behind. To be used once.
 */
public final class Ingest {
  /** Opens the blob's bytes from an offset on. */
  public interface Source {
    InputStream open(long offset) throws IOException, InterruptedException;
  }

  private final ContainerdClient client;
  private final ContentStore content;
  private final Lease lease;
  private final BlobDescriptor blob;
  private final Map<String, String> labels;
  private final String ref;

  public Ingest(
      ContainerdClient client, Lease lease, BlobDescriptor blob, Map<String, String> labels) {
    this.client = client;
    this.content = new ContentStore(client);
    this.lease = lease;
    this.blob = blob;
    this.labels = labels;
    this.ref = "warren-" + blob.digest();
  }

  /** Writes bytes that are in memory and already checked. */
  public void write(byte[] bytes) throws IOException, InterruptedException {
    transfer(
        offset ->
            new java.io.ByteArrayInputStream(bytes, (int) offset, bytes.length - (int) offset),
        EngineRetries.ONCE,
        failure -> false,
        done -> {});
  }

  /**
   * Copies the blob from its source.
   *
   * @param retries of the source, counted from the last byte that came
   * @param mayPass whether trying the source again may help after such a failure
   * @param progress told how many bytes are there
   * @throws SandboxException {@code DATA_LOSS} where the bytes do not match the descriptor
   */
  public void transfer(
      Source source, RetryPolicy retries, Predicate<Throwable> mayPass, LongConsumer progress)
      throws IOException, InterruptedException {
    boolean resumed = attempt(source, retries, mayPass, progress);
    if (resumed) {
      // What an earlier process left may have been damaged: once more, from the start.
      attempt(source, retries, mayPass, progress);
    }
  }

  /** Returns whether a second attempt may help. */
  private boolean attempt(
      Source source, RetryPolicy retries, Predicate<Throwable> mayPass, LongConsumer progress)
      throws IOException, InterruptedException {
    boolean resumed = false;
    BlobWriter writer = null;
    try {
      writer = openUnlocked();
      if (writer == null) {
        return false;
      }
      resumed = writer.offset() > 0 && writer.offset() < blob.size();
      copy(writer, source, retries, mayPass, progress);
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
      BlobWriter writer,
      Source source,
      RetryPolicy retries,
      Predicate<Throwable> mayPass,
      LongConsumer progress)
      throws IOException, InterruptedException {
    Series failures = retries.begin(mayPass);
    while (writer.offset() < blob.size()) {
      long before = writer.offset();
      try (InputStream in = source.open(before)) {
        pump(in, writer, progress);
        if (writer.offset() < blob.size()) {
          throw new java.io.EOFException("the blob ends too early");
        }
      } catch (IOException e) {
        if (writer.offset() > before) {
          failures = retries.begin(mayPass);
        }
        if (!failures.pause(e)) {
          throw e;
        }
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
    Series attempts = EngineRetries.BUSY_BLOB.begin(Ingest::isLocked);
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
        if (!attempts.pause(e)) {
          throw client.translate("write content", Sha256.brief(blob.digest()), e);
        }
      } catch (InterruptedException e) {
        writer.close();
        throw e;
      }
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
  private static boolean isLocked(Throwable failure) {
    return ContainerdErrors.daemonText(failure).contains("locked");
  }
}
