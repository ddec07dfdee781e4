package dev.warren.containerd.internal.image;

import dev.warren.ImageRef;
import dev.warren.SandboxException;
import dev.warren.SandboxException.Code;
import dev.warren.containerd.internal.api.images.GetImageRequest;
import dev.warren.containerd.internal.api.images.Image;
import dev.warren.containerd.internal.client.ContainerdClient;
import dev.warren.containerd.internal.client.ContainerdErrors;
import dev.warren.containerd.internal.client.Lease;
import dev.warren.containerd.internal.content.ContentStore;
import dev.warren.containerd.internal.manifest.BlobDescriptor;
import dev.warren.containerd.internal.manifest.ImageConfig;
import dev.warren.containerd.internal.manifest.MalformedImage;
import dev.warren.containerd.internal.manifest.ManifestDocument;
import dev.warren.containerd.internal.manifest.Platform;
import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The images that are here. Documents are read once and kept by digest, so that looking up an image
 * for a container costs two short calls. Thread-safe.
 */
public final class ImageStore {
  private static final int KEPT = 256;
  private static final Duration UNPACK_LEASE = Duration.ofHours(1);

  private final ContainerdClient client;
  private final ContentStore content;
  private final Unpacker unpacker;
  private final Platform platform = Platform.host();

  /** By the digest of the target; what a digest stands for never changes. */
  private final Map<String, LocalImage> known =
      Collections.synchronizedMap(
          new LinkedHashMap<>(16, 0.75f, true) {
            private static final long serialVersionUID = 1L;

            @Override
            protected boolean removeEldestEntry(Map.Entry<String, LocalImage> eldest) {
              return size() > KEPT;
            }
          });

  public ImageStore(ContainerdClient client, String snapshotter) {
    this.client = client;
    this.content = new ContentStore(client);
    this.unpacker = new Unpacker(client, snapshotter);
  }

  /**
   * Finds a local image. One that is complete but not unpacked for the snapshotter, because another
   * program pulled it or its snapshots were removed, is unpacked again.
   *
   * @throws SandboxException {@code NOT_FOUND} where it is not here or not complete
   */
  public ResolvedImage resolve(ImageRef ref) {
    String operation = "look up image";
    Image image =
        record(ref)
            .orElseThrow(() -> missing(operation, ref, "there is no such local image", null));
    String target = image.getTarget().getDigest();
    LocalImage local;
    try {
      local = documents(target);
    } catch (SandboxException e) {
      if (e.code() == Code.NOT_FOUND) {
        throw missing(operation, ref, "the local image is incomplete", e);
      }
      throw e;
    }
    if (!local.topChainId().isEmpty() && !unpacker.isUnpacked(local.topChainId())) {
      unpackAgain(operation, ref, local);
    }
    return new ResolvedImage(
        ref, target, local.manifestDigest(), local.topChainId(), local.config(), local.sizeBytes());
  }

  /** The daemon's record of a name. */
  Optional<Image> record(ImageRef ref) {
    GetImageRequest request = GetImageRequest.newBuilder().setName(ref.toString()).build();
    try {
      return Optional.of(
          client
              .call("get image", ref.toString(), () -> client.stubs().images().get(request))
              .getImage());
    } catch (SandboxException e) {
      if (ContainerdErrors.isNotFound(e)) {
        return Optional.empty();
      }
      throw e;
    }
  }

  /** Whether everything of a target is here and unpacked. */
  boolean isReady(String target) {
    try {
      // Read past the cache: a document that was collected must be noticed.
      LocalImage local = read(target);
      known.put(target, local);
      for (BlobDescriptor layer : local.manifest().layers()) {
        if (content.info(layer.digest()).isEmpty()) {
          return false;
        }
      }
      return local.topChainId().isEmpty() || unpacker.isUnpacked(local.topChainId());
    } catch (SandboxException e) {
      if (e.code() == Code.NOT_FOUND || e.code() == Code.DATA_LOSS) {
        return false;
      }
      throw e;
    }
  }

  /** The compressed size of a target; 0 where that cannot be told. */
  long size(String target) {
    try {
      return documents(target).sizeBytes();
    } catch (SandboxException e) {
      if (e.code() == Code.UNAVAILABLE
          || e.code() == Code.CANCELLED
          || e.code() == Code.CLOSED
          || e.code() == Code.TIMEOUT) {
        throw e;
      }
      return 0;
    }
  }

  private LocalImage documents(String target) {
    LocalImage local = known.get(target);
    if (local == null) {
      local = read(target);
      known.put(target, local);
    }
    return local;
  }

  private LocalImage read(String target) {
    try {
      byte[] bytes = content.read(target, ManifestDocument.MAX_BYTES);
      ManifestDocument document = ManifestDocument.parse(bytes, "");
      String digest = target;
      long size = bytes.length;
      if (document instanceof ManifestDocument.Index index) {
        digest = index.choose(platform).digest();
        byte[] inner = content.read(digest, ManifestDocument.MAX_BYTES);
        size += inner.length;
        document = ManifestDocument.parse(inner, "");
      }
      if (!(document instanceof ManifestDocument.Image manifest)) {
        throw new MalformedImage(Code.UNSUPPORTED, "it is an index of indexes");
      }
      ImageConfig config =
          ImageConfig.parse(content.read(manifest.config().digest(), ImageConfig.MAX_BYTES));
      size += manifest.config().size();
      for (BlobDescriptor layer : manifest.layers()) {
        size += layer.size();
      }
      return new LocalImage(digest, manifest, config, size);
    } catch (MalformedImage e) {
      throw SandboxException.of(e.code(), "read image", target)
          .backend(ContainerdErrors.BACKEND)
          .detail(String.valueOf(e.getMessage()))
          .cause(e)
          .build();
    }
  }

  private void unpackAgain(String operation, ImageRef ref, LocalImage local) {
    List<BlobDescriptor> layers = local.manifest().layers();
    try (Lease lease = client.leases().acquire(UNPACK_LEASE)) {
      for (int i = 0; i < layers.size(); i++) {
        if (!content.adopt(lease, layers.get(i).digest(), Map.of())) {
          throw missing(operation, ref, "the local image is incomplete", null);
        }
        unpacker.unpack(lease, local.config(), i, layers.get(i));
      }
      // The collector follows this label from the image to its snapshots.
      content.adopt(
          lease,
          local.manifest().config().digest(),
          Map.of(Labels.snapshot(unpacker.snapshotter()), local.topChainId()));
    }
  }

  private static SandboxException missing(
      String operation, ImageRef ref, String why, @Nullable Throwable e) {
    return SandboxException.of(Code.NOT_FOUND, operation, ref.toString())
        .backend(ContainerdErrors.BACKEND)
        .detail(why)
        .remedy("pull it first")
        .cause(e)
        .build();
  }

  /**
   * The documents of a local image for this host, as far as they are in the content store.
   *
   * @param manifestDigest of its manifest
   * @param manifest its parts
   * @param config its configuration
   * @param sizeBytes of the documents and layers together
   */
  private record LocalImage(
      String manifestDigest, ManifestDocument.Image manifest, ImageConfig config, long sizeBytes) {

    /** The snapshot of all its layers; empty where it has none. */
    String topChainId() {
      List<String> chain = config.chainIds();
      return chain.isEmpty() ? "" : chain.get(chain.size() - 1);
    }
  }
}
