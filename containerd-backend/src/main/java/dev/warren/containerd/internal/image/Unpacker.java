package dev.warren.containerd.internal.image;

import dev.warren.SandboxException;
import dev.warren.SandboxException.Code;
import dev.warren.containerd.internal.api.diff.ApplyRequest;
import dev.warren.containerd.internal.api.snapshots.CommitSnapshotRequest;
import dev.warren.containerd.internal.api.snapshots.PrepareSnapshotRequest;
import dev.warren.containerd.internal.api.snapshots.RemoveSnapshotRequest;
import dev.warren.containerd.internal.api.snapshots.StatSnapshotRequest;
import dev.warren.containerd.internal.api.types.Descriptor;
import dev.warren.containerd.internal.client.ContainerdClient;
import dev.warren.containerd.internal.client.ContainerdErrors;
import dev.warren.containerd.internal.client.Lease;
import dev.warren.containerd.internal.client.LeftSnapshot;
import dev.warren.containerd.internal.content.ContentStore;
import dev.warren.containerd.internal.manifest.BlobDescriptor;
import dev.warren.containerd.internal.manifest.ImageConfig;
import dev.warren.containerd.internal.manifest.Sha256;
import java.util.List;
import java.util.UUID;

/** Turns layers into committed snapshots, one on top of the other. Thread-safe. */
final class Unpacker {
  private static final String OPERATION = "unpack layer";

  private final ContainerdClient client;
  private final String snapshotter;

  Unpacker(ContainerdClient client, String snapshotter) {
    this.client = client;
    this.snapshotter = snapshotter;
  }

  String snapshotter() {
    return snapshotter;
  }

  /** Whether an image's layers are unpacked up to that one. */
  boolean isUnpacked(String chainId) {
    StatSnapshotRequest request =
        StatSnapshotRequest.newBuilder().setSnapshotter(snapshotter).setKey(chainId).build();
    try {
      client.call("look for snapshot", chainId, () -> client.stubs().snapshots().stat(request));
      return true;
    } catch (SandboxException e) {
      if (ContainerdErrors.isNotFound(e)) {
        return false;
      }
      throw e;
    }
  }

  /** As {@link #isUnpacked}, and if so keeps it as long as the lease lasts. */
  boolean adopt(Lease lease, String chainId) {
    ContentStore.hold(client, lease, chainId, "snapshots/" + snapshotter);
    return isUnpacked(chainId);
  }

  /**
   * Unpacks one layer whose blob is there and whose parents are unpacked. What another puller did
   * meanwhile is as good; a failure leaves nothing of its own.
   */
  void unpack(Lease lease, ImageConfig config, int index, BlobDescriptor layer) {
    List<String> chain = config.chainIds();
    String chainId = chain.get(index);
    if (adopt(lease, chainId)) {
      return;
    }
    String key = "extract-" + UUID.randomUUID() + " " + chainId;
    PrepareSnapshotRequest prepare =
        PrepareSnapshotRequest.newBuilder()
            .setSnapshotter(snapshotter)
            .setKey(key)
            .setParent(index == 0 ? "" : chain.get(index - 1))
            .build();
    boolean committed = false;
    try {
      committed =
          client.call(
              OPERATION,
              Sha256.brief(layer.digest()),
              () -> {
                var mounts =
                    LeftSnapshot.overcome(client, () -> lease.stubs().snapshots().prepare(prepare))
                        .getMountsList();
                ApplyRequest apply =
                    ApplyRequest.newBuilder()
                        .setDiff(
                            Descriptor.newBuilder()
                                .setMediaType(layer.mediaType())
                                .setDigest(layer.digest())
                                .setSize(layer.size()))
                        .addAllMounts(mounts)
                        .build();
                String applied = lease.stubs().diff().apply(apply).getApplied().getDigest();
                verify(applied, config.diffIds().get(index), layer);
                return commit(lease, key, chainId);
              });
    } finally {
      if (!committed) {
        remove(key);
      }
    }
  }

  /** Returns false where another puller was first. */
  private boolean commit(Lease lease, String key, String chainId) {
    CommitSnapshotRequest commit =
        CommitSnapshotRequest.newBuilder()
            .setSnapshotter(snapshotter)
            .setName(chainId)
            .setKey(key)
            .build();
    try {
      lease.stubs().snapshots().commit(commit);
      return true;
    } catch (RuntimeException e) {
      if (ContainerdErrors.isAlreadyExists(e)) {
        return false;
      }
      throw e;
    }
  }

  private static void verify(String applied, String diffId, BlobDescriptor layer) {
    if (!applied.equals(diffId)) {
      throw SandboxException.of(Code.DATA_LOSS, OPERATION, Sha256.brief(layer.digest()))
          .backend(ContainerdErrors.BACKEND)
          .detail("unpacked it is something else than the image's configuration says")
          .build();
    }
  }

  private void remove(String key) {
    RemoveSnapshotRequest request =
        RemoveSnapshotRequest.newBuilder().setSnapshotter(snapshotter).setKey(key).build();
    client.cleanUp("remove snapshot", key, () -> client.stubs().snapshots().remove(request));
  }
}
