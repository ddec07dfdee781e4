package dev.warren.containerd.internal.container;

import com.google.protobuf.FieldMask;
import dev.warren.SandboxException;
import dev.warren.SandboxException.Code;
import dev.warren.containerd.internal.api.snapshots.CommitSnapshotRequest;
import dev.warren.containerd.internal.api.snapshots.Info;
import dev.warren.containerd.internal.api.snapshots.Kind;
import dev.warren.containerd.internal.api.snapshots.UpdateSnapshotRequest;
import dev.warren.containerd.internal.api.snapshots.UsageRequest;
import dev.warren.containerd.internal.api.snapshots.UsageResponse;
import dev.warren.containerd.internal.client.ContainerdClient;
import dev.warren.containerd.internal.client.ContainerdErrors;
import dev.warren.spi.Snapshot;
import dev.warren.spi.Usage;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The committed snapshots that callers named. Their keys have a prefix, so that a snapshot and a
 * container can have the same name. Thread-safe.
 */
public final class KeptSnapshots {
  private static final String PREFIX = "warren-snapshot/";
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9._-]{1,128}");

  /** On a commit whose container has no layer on top of it yet. */
  private static final String UNFINISHED = "dev.warren/unfinished";

  private final ContainerdClient client;
  private final String snapshotter;
  private final WritableLayers layers;

  public KeptSnapshots(ContainerdClient client, String snapshotter, WritableLayers layers) {
    this.client = client;
    this.snapshotter = snapshotter;
    this.layers = layers;
  }

  public static String key(String operation, String name) {
    if (!NAME.matcher(name).matches()) {
      throw SandboxException.invalid(
          operation, "'" + name + "'", "snapshot names are 1 to 128 of A-Z a-z 0-9 . _ -");
    }
    return PREFIX + name;
  }

  /** Whether a key is that of a kept snapshot, rather than of an image's layer. */
  public static boolean isKept(String key) {
    return key.startsWith(PREFIX);
  }

  public Optional<Info> find(String operation, String name) {
    return layers.stat(key(operation, name)).filter(info -> info.getKind() == Kind.COMMITTED);
  }

  public Info get(String operation, String name) {
    return find(operation, name)
        .orElseThrow(
            () ->
                SandboxException.of(Code.NOT_FOUND, operation, name)
                    .backend(ContainerdErrors.BACKEND)
                    .detail("there is no such snapshot")
                    .build());
  }

  /** Turns the writable layer of a container into a snapshot, which hides until it is finished. */
  public void commit(String id, String name) {
    Map<String, String> labels = new HashMap<>(WritableLayers.labels(id));
    labels.put(UNFINISHED, "true");
    CommitSnapshotRequest request =
        CommitSnapshotRequest.newBuilder()
            .setSnapshotter(snapshotter)
            .setName(key("commit", name))
            .setKey(id)
            .putAllLabels(labels)
            .build();
    client.call("commit", id, () -> client.stubs().snapshots().commit(request));
  }

  /** The container goes on above the snapshot, which now counts. */
  public void finish(String name) {
    UpdateSnapshotRequest request =
        UpdateSnapshotRequest.newBuilder()
            .setSnapshotter(snapshotter)
            .setInfo(Info.newBuilder().setName(key("commit", name)).putLabels(UNFINISHED, ""))
            .setUpdateMask(FieldMask.newBuilder().addPaths("labels." + UNFINISHED))
            .build();
    client.call("commit", name, () -> client.stubs().snapshots().update(request));
  }

  /** The commit of a container that was cut off before the container had a layer again. */
  private Optional<Info> unfinished(String id) {
    return layers.ours().stream()
        .filter(info -> info.getKind() == Kind.COMMITTED && isUnfinished(info))
        .filter(info -> info.getLabelsOrDefault(WritableLayers.CONTAINER, "").equals(id))
        .max(Comparator.comparing(KeptSnapshots::created));
  }

  /**
   * Gives a container its layer again that a commit before was cut off from giving.
   *
   * @return whether it did
   */
  public boolean heal(String id) {
    if (layers.stat(id).isPresent()) {
      return false;
    }
    Optional<Info> base = unfinished(id);
    base.ifPresent(
        info -> {
          layers.prepare(id, info.getName());
          finish(name(info));
        });
    return base.isPresent();
  }

  /** All finished ones, oldest first. */
  public Stream<Snapshot> all() {
    return layers.ours().stream()
        .filter(info -> info.getKind() == Kind.COMMITTED && isKept(info.getName()))
        .filter(info -> !isUnfinished(info))
        .map(KeptSnapshots::snapshot)
        .sorted(Comparator.comparing(Snapshot::created).thenComparing(Snapshot::name));
  }

  public Usage usage(String operation, String subject, String key) {
    UsageRequest request =
        UsageRequest.newBuilder().setSnapshotter(snapshotter).setKey(key).build();
    UsageResponse usage =
        client.call(operation, subject, () -> client.stubs().snapshots().usage(request));
    return new Usage(usage.getSize(), usage.getInodes());
  }

  public static Snapshot snapshot(Info info) {
    return new Snapshot(
        info.getName().substring(PREFIX.length()),
        info.getLabelsOrDefault(WritableLayers.CONTAINER, ""),
        created(info));
  }

  private static String name(Info info) {
    return info.getName().substring(PREFIX.length());
  }

  private static boolean isUnfinished(Info info) {
    return info.getLabelsOrDefault(UNFINISHED, "").equals("true");
  }

  private static Instant created(Info info) {
    return Instant.ofEpochSecond(info.getCreatedAt().getSeconds(), info.getCreatedAt().getNanos());
  }
}
