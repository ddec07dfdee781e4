package dev.warren.containerd.internal.container;

import dev.warren.SandboxException;
import dev.warren.SandboxException.Code;
import dev.warren.containerd.internal.api.snapshots.Info;
import dev.warren.containerd.internal.api.snapshots.Kind;
import dev.warren.containerd.internal.api.snapshots.ListSnapshotsRequest;
import dev.warren.containerd.internal.api.snapshots.MountsRequest;
import dev.warren.containerd.internal.api.snapshots.PrepareSnapshotRequest;
import dev.warren.containerd.internal.api.snapshots.RemoveSnapshotRequest;
import dev.warren.containerd.internal.api.snapshots.StatSnapshotRequest;
import dev.warren.containerd.internal.api.snapshots.ViewSnapshotRequest;
import dev.warren.containerd.internal.api.types.Mount;
import dev.warren.containerd.internal.client.ContainerdClient;
import dev.warren.containerd.internal.client.ContainerdErrors;
import dev.warren.containerd.internal.client.LeftSnapshot;
import io.grpc.StatusRuntimeException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * The writable layers of containers: active snapshots with the container's id as their key.
 *
 * <p>Each is a root for the daemon's collector, beside being named by its container: so it outlives
 * a record that was removed by hand, and can be adopted. That also means that nobody but {@link
 * #remove} takes it away.
 */
public final class WritableLayers {
  /** Keeps a snapshot from the collector. */
  public static final String GC_ROOT = "containerd.io/gc.root";

  /** On layers and their copies: the container they belong to. */
  public static final String CONTAINER = "dev.warren/container";

  private final ContainerdClient client;
  private final String snapshotter;

  public WritableLayers(ContainerdClient client, String snapshotter) {
    this.client = client;
    this.snapshotter = snapshotter;
  }

  /** The labels of a layer made now. */
  public static Map<String, String> labels(String id) {
    return Map.of(GC_ROOT, Instant.now().truncatedTo(ChronoUnit.SECONDS).toString(), CONTAINER, id);
  }

  /** Makes the layer of a container on top of a committed snapshot. */
  public void prepare(String id, String parent) {
    PrepareSnapshotRequest request =
        PrepareSnapshotRequest.newBuilder()
            .setSnapshotter(snapshotter)
            .setKey(id)
            .setParent(parent)
            .putAllLabels(labels(id))
            .build();
    client.call(
        "make writable layer of",
        id,
        () -> LeftSnapshot.overcome(client, () -> client.stubs().snapshots().prepare(request)));
  }

  /** How the layer is mounted. */
  public List<Mount> mounts(String id) {
    MountsRequest request =
        MountsRequest.newBuilder().setSnapshotter(snapshotter).setKey(id).build();
    return client.call(
        "find writable layer of",
        id,
        () -> client.stubs().snapshots().mounts(request).getMountsList());
  }

  /** A snapshot of any kind. */
  public Optional<Info> stat(String key) {
    StatSnapshotRequest request =
        StatSnapshotRequest.newBuilder().setSnapshotter(snapshotter).setKey(key).build();
    return client.call(
        "find snapshot",
        key,
        () -> {
          try {
            return Optional.of(client.stubs().snapshots().stat(request).getInfo());
          } catch (StatusRuntimeException e) {
            if (ContainerdErrors.isNotFound(e)) {
              return Optional.empty();
            }
            throw e;
          }
        });
  }

  /** Whether there is a writable layer under this id. */
  public boolean exists(String id) {
    return stat(id).map(info -> info.getKind() == Kind.ACTIVE).orElse(false);
  }

  /** Removes a snapshot; absence is success. */
  public void remove(String key) {
    RemoveSnapshotRequest request =
        RemoveSnapshotRequest.newBuilder().setSnapshotter(snapshotter).setKey(key).build();
    client.call(
        "remove layer",
        key,
        () -> {
          try {
            return client.stubs().snapshots().remove(request);
          } catch (StatusRuntimeException e) {
            if (ContainerdErrors.isNotFound(e)) {
              return null;
            }
            throw e;
          }
        });
  }

  /** Those that carry the label {@link #CONTAINER}. */
  public List<Info> ours() {
    ListSnapshotsRequest request =
        ListSnapshotsRequest.newBuilder()
            .setSnapshotter(snapshotter)
            .addFilters("labels.\"" + CONTAINER + "\"")
            .build();
    return client.call(
        "list snapshots",
        "",
        () -> {
          List<Info> all = new ArrayList<>();
          client
              .stubs()
              .snapshots()
              .list(request)
              .forEachRemaining(part -> all.addAll(part.getInfoList()));
          return all;
        });
  }

  /**
   * Lets a task look at a committed snapshot, and takes the view away after it.
   *
   * @throws SandboxException {@code NOT_FOUND} when there is no such snapshot
   */
  public void view(String snapshot, String viewKey, Consumer<List<Mount>> look) {
    ViewSnapshotRequest request =
        ViewSnapshotRequest.newBuilder()
            .setSnapshotter(snapshotter)
            .setKey(viewKey)
            .setParent(snapshot)
            // A collection in between must not take it; a crash leaves a view, which costs nothing.
            .putLabels(GC_ROOT, Instant.now().truncatedTo(ChronoUnit.SECONDS).toString())
            .build();
    List<Mount> mounts =
        client.call(
            "look into",
            snapshot,
            () ->
                LeftSnapshot.overcome(client, () -> client.stubs().snapshots().view(request))
                    .getMountsList());
    try {
      look.accept(mounts);
    } finally {
      client.cleanUp("remove view of", snapshot, () -> remove(viewKey));
    }
  }

  /** The error for a layer that lies in the way. */
  static SandboxException orphan(String id) {
    return SandboxException.of(Code.ALREADY_EXISTS, "create", id)
        .backend(ContainerdErrors.BACKEND)
        .detail("a writable layer of this id is there, though its container is lost")
        .remedy("adopt it to keep its data, or delete the id")
        .build();
  }
}
