package dev.warren.containerd.internal.image;

import dev.warren.ImageRef;
import dev.warren.PullProgress.Phase;
import dev.warren.SandboxException;
import dev.warren.SandboxException.Code;
import dev.warren.containerd.internal.client.ContainerdClient;
import dev.warren.containerd.internal.client.Lease;
import dev.warren.containerd.internal.content.ContentStore;
import dev.warren.containerd.internal.content.Ingest;
import dev.warren.containerd.internal.manifest.BlobDescriptor;
import dev.warren.containerd.internal.registry.RegistryErrors;
import dev.warren.containerd.internal.registry.RegistrySession;
import dev.warren.engine.internal.retry.RetryPolicy;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/**
 * Downloads the layers of one pull, a few at a time and in their order, so that the lowest can be
 * unpacked while the others come. {@link #await} is for one thread.
 */
final class LayerDownloads implements AutoCloseable {
  private static final int PARALLEL = 3;
  private static final long GRACE_SECONDS = 10;

  private final ContainerdClient client;
  private final ContentStore content;
  private final Lease lease;
  private final ImageRef ref;
  private final RegistrySession registry;
  private final RetryPolicy retries;
  private final PullReporter reporter;
  private final ExecutorService threads;
  private final Map<String, Future<?>> downloads = new LinkedHashMap<>();

  LayerDownloads(
      ContainerdClient client,
      Lease lease,
      ImageRef ref,
      RegistrySession registry,
      RetryPolicy retries,
      PullReporter reporter) {
    this.client = client;
    this.content = new ContentStore(client);
    this.lease = lease;
    this.ref = ref;
    this.registry = registry;
    this.retries = retries;
    this.reporter = reporter;
    this.threads =
        Executors.newFixedThreadPool(
            PARALLEL,
            work -> {
              Thread thread = new Thread(work, Thread.currentThread().getName() + "-layer");
              thread.setDaemon(true);
              return thread;
            });
  }

  /** Starts; a layer that an image has twice is fetched once. */
  void start(List<BlobDescriptor> layers) {
    for (BlobDescriptor layer : layers) {
      downloads.computeIfAbsent(
          layer.digest(),
          digest ->
              threads.submit(
                  () -> {
                    download(layer);
                    return null;
                  }));
    }
  }

  /** Waits for one layer. */
  void await(BlobDescriptor layer) throws InterruptedException {
    try {
      Future<?> download = downloads.get(layer.digest());
      if (download != null) {
        download.get();
      }
    } catch (ExecutionException e) {
      if (e.getCause() instanceof SandboxException known) {
        throw known;
      }
      throw e.getCause() instanceof Exception cause
          ? RegistryErrors.map("pull image", ref.toString(), ref.registry(), cause)
          : new IllegalStateException(e.getCause());
    } catch (CancellationException e) {
      throw new InterruptedException("the pull was given up");
    }
  }

  private void download(BlobDescriptor layer) throws IOException, InterruptedException {
    Map<String, String> labels = Labels.source(ref);
    if (content.adopt(lease, layer.digest(), labels)) {
      reporter.layer(layer, Phase.EXISTS);
      return;
    }
    reporter.layer(layer, Phase.DOWNLOADING);
    try {
      transfer(layer, labels, registry);
    } catch (SandboxException e) {
      if (e.code() != Code.DATA_LOSS || !registry.hasMirrors()) {
        throw e;
      }
      // A mirror may be what is damaged.
      transfer(layer, labels, registry.withoutMirrors());
    }
    reporter.layer(layer, Phase.DOWNLOADED);
  }

  private void transfer(BlobDescriptor layer, Map<String, String> labels, RegistrySession source)
      throws IOException, InterruptedException {
    new Ingest(client, lease, layer, labels)
        .transfer(
            offset -> source.blob(layer, offset),
            retries,
            RegistryErrors::mayPass,
            reporter.bytes(layer));
  }

  /** Ends what still runs, and waits for it: nothing is written after the lease is gone. */
  @Override
  public void close() {
    threads.shutdownNow();
    boolean interrupted = Thread.interrupted();
    try {
      threads.awaitTermination(GRACE_SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      interrupted = true;
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
