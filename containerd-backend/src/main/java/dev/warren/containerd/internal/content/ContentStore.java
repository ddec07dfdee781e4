package dev.warren.containerd.internal.content;

import com.google.protobuf.FieldMask;
import dev.warren.SandboxException;
import dev.warren.SandboxException.Code;
import dev.warren.containerd.internal.api.content.AbortRequest;
import dev.warren.containerd.internal.api.content.Info;
import dev.warren.containerd.internal.api.content.InfoRequest;
import dev.warren.containerd.internal.api.content.ReadContentRequest;
import dev.warren.containerd.internal.api.content.ReadContentResponse;
import dev.warren.containerd.internal.api.content.UpdateRequest;
import dev.warren.containerd.internal.api.leases.AddResourceRequest;
import dev.warren.containerd.internal.api.leases.Resource;
import dev.warren.containerd.internal.client.ContainerdClient;
import dev.warren.containerd.internal.client.ContainerdErrors;
import dev.warren.containerd.internal.client.Lease;
import dev.warren.containerd.internal.manifest.Sha256;
import java.io.ByteArrayOutputStream;
import java.util.Iterator;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** The daemon's blobs by digest. Thread-safe. */
public final class ContentStore {
  /** Begins the labels that tell where content came from. */
  public static final String SOURCE = "containerd.io/distribution.source.";

  private final ContainerdClient client;

  public ContentStore(ContainerdClient client) {
    this.client = client;
  }

  /** What the daemon knows about a blob. */
  public Optional<Info> info(String digest) {
    InfoRequest request = InfoRequest.newBuilder().setDigest(digest).build();
    try {
      return Optional.of(
          client
              .call("look for content", digest, () -> client.stubs().content().info(request))
              .getInfo());
    } catch (SandboxException e) {
      if (ContainerdErrors.isNotFound(e)) {
        return Optional.empty();
      }
      throw e;
    }
  }

  /**
   * Looks for a blob and, if it is there, keeps it from the collector as long as the lease lasts,
   * with those labels on it.
   */
  public boolean adopt(Lease lease, String digest, Map<String, String> labels) {
    // Leased first: what is there after that cannot go away.
    hold(client, lease, digest, "content");
    Optional<Info> found = info(digest);
    found.ifPresent(info -> label(info, labels));
    return found.isPresent();
  }

  /** Puts something under a lease, whether it exists or not. */
  public static void hold(ContainerdClient client, Lease lease, String id, String type) {
    AddResourceRequest request =
        AddResourceRequest.newBuilder()
            .setId(lease.id())
            .setResource(Resource.newBuilder().setId(id).setType(type))
            .build();
    client.call("extend lease", id, () -> client.stubs().leases().addResource(request));
  }

  /** Adds the labels that are missing. */
  private void label(Info info, Map<String, String> labels) {
    Map<String, String> missing =
        labels.entrySet().stream()
            .filter(label -> !label.getValue().equals(info.getLabelsOrDefault(label.getKey(), "")))
            // Where content came from is told once; the rest is what the collector follows.
            .filter(
                label -> !label.getKey().startsWith(SOURCE) || !info.containsLabels(label.getKey()))
            .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
    if (missing.isEmpty()) {
      return;
    }
    FieldMask.Builder mask = FieldMask.newBuilder();
    missing.keySet().forEach(key -> mask.addPaths("labels." + key));
    UpdateRequest request =
        UpdateRequest.newBuilder()
            .setInfo(Info.newBuilder().setDigest(info.getDigest()).putAllLabels(missing))
            .setUpdateMask(mask)
            .build();
    client.call("label content", info.getDigest(), () -> client.stubs().content().update(request));
  }

  /**
   * Reads a blob into memory and checks it.
   *
   * @throws SandboxException {@code NOT_FOUND}; {@code DATA_LOSS} where it does not match
   */
  public byte[] read(String digest, int maxBytes) {
    ReadContentRequest request = ReadContentRequest.newBuilder().setDigest(digest).build();
    return client.call(
        "read content",
        digest,
        () -> {
          ByteArrayOutputStream bytes = new ByteArrayOutputStream();
          Iterator<ReadContentResponse> frames = client.stubs().content().read(request);
          while (frames.hasNext() && bytes.size() <= maxBytes) {
            bytes.writeBytes(frames.next().getData().toByteArray());
          }
          if (bytes.size() > maxBytes || !Sha256.of(bytes.toByteArray()).equals(digest)) {
            throw SandboxException.of(Code.DATA_LOSS, "read content", digest)
                .backend(ContainerdErrors.BACKEND)
                .detail("what the engine has under this digest is something else")
                .remedy("delete the image and pull it again")
                .build();
          }
          return bytes.toByteArray();
        });
  }

  /** Throws an ingest away. */
  void abort(String ref) {
    AbortRequest request = AbortRequest.newBuilder().setRef(ref).build();
    client.cleanUp("abort ingest", ref, () -> client.stubs().content().abort(request));
  }
}
