package dev.warren.containerd.internal.snapshot;

import dev.warren.SandboxException;
import dev.warren.SandboxException.Code;
import dev.warren.containerd.internal.api.content.ReadContentRequest;
import dev.warren.containerd.internal.api.content.ReadContentResponse;
import dev.warren.containerd.internal.api.diff.DiffRequest;
import dev.warren.containerd.internal.api.snapshots.Info;
import dev.warren.containerd.internal.api.types.Mount;
import dev.warren.containerd.internal.client.ContainerdClient;
import dev.warren.containerd.internal.client.ContainerdErrors;
import dev.warren.containerd.internal.client.Lease;
import dev.warren.containerd.internal.container.KeptSnapshots;
import dev.warren.containerd.internal.container.WritableLayers;
import dev.warren.containerd.internal.content.ContentStream;
import dev.warren.containerd.internal.content.LayerContent;
import io.grpc.Context;
import java.io.InputStream;
import java.time.Duration;
import java.util.Iterator;
import java.util.List;
import java.util.UUID;

/**
 * What a layer changed against its image, as the daemon's differ tells it: it needs neither rights
 * nor mounts of this process. The archive is stored by the daemon while it is read.
 */
final class LayerExport {
  private static final Duration LONGEST = Duration.ofHours(6);

  private final ContainerdClient client;
  private final WritableLayers layers;

  LayerExport(ContainerdClient client, WritableLayers layers) {
    this.client = client;
    this.layers = layers;
  }

  InputStream open(String subject, String key, boolean writable) {
    String base = base(subject, key);
    Lease lease = client.leases().acquire(LONGEST);
    try {
      String[] digest = new String[1];
      layers.view(
          base,
          viewKey(),
          left -> {
            if (writable) {
              digest[0] = diff(subject, lease, left, layers.mounts(key));
            } else {
              layers.view(key, viewKey(), right -> digest[0] = diff(subject, lease, left, right));
            }
          });
      return read(subject, lease, digest[0]);
    } catch (RuntimeException e) {
      lease.close();
      throw e;
    }
  }

  private static String viewKey() {
    return "warren-export-" + UUID.randomUUID();
  }

  /** The image's top layer: below all that was kept or written since. */
  private String base(String subject, String key) {
    Info info = layers.stat(key).orElseThrow(() -> missing(subject));
    while (KeptSnapshots.isKept(info.getParent())) {
      info = layers.stat(info.getParent()).orElseThrow(() -> missing(subject));
    }
    return info.getParent();
  }

  private static SandboxException missing(String subject) {
    return SandboxException.of(Code.DATA_LOSS, "export", subject)
        .backend(ContainerdErrors.BACKEND)
        .detail("a layer of it is missing")
        .build();
  }

  private String diff(String subject, Lease lease, List<Mount> left, List<Mount> right) {
    DiffRequest request =
        DiffRequest.newBuilder()
            .addAllLeft(left)
            .addAllRight(right)
            .setMediaType(LayerContent.TAR)
            .setRef("warren-export-" + UUID.randomUUID())
            .build();
    return client.call(
        "export", subject, () -> lease.stubs().diff().diff(request).getDiff().getDigest());
  }

  private InputStream read(String subject, Lease lease, String digest) {
    ReadContentRequest request = ReadContentRequest.newBuilder().setDigest(digest).build();
    Context.CancellableContext context = Context.ROOT.withCancellation();
    Iterator<ReadContentResponse> parts =
        client.call(
            "export",
            subject,
            () -> {
              Context previous = context.attach();
              try {
                return lease.stubs().content().read(request);
              } finally {
                context.detach(previous);
              }
            });
    return new ContentStream(
        client,
        subject,
        parts,
        () -> {
          context.cancel(null);
          lease.delete(false);
        });
  }
}
