package dev.warren.containerd.internal.image;

import com.google.protobuf.ByteString;
import dev.warren.ImageRef;
import dev.warren.PullOptions.Credentials;
import dev.warren.PullProgress.Phase;
import dev.warren.SandboxException.Code;
import dev.warren.containerd.internal.client.ContainerdClient;
import dev.warren.containerd.internal.client.Lease;
import dev.warren.containerd.internal.content.ContentStore;
import dev.warren.containerd.internal.content.Ingest;
import dev.warren.containerd.internal.manifest.BlobDescriptor;
import dev.warren.containerd.internal.manifest.ImageConfig;
import dev.warren.containerd.internal.manifest.MalformedImage;
import dev.warren.containerd.internal.manifest.ManifestDocument;
import dev.warren.containerd.internal.manifest.Platform;
import dev.warren.containerd.internal.registry.FetchedManifest;
import dev.warren.containerd.internal.registry.Registries;
import dev.warren.containerd.internal.registry.RegistryErrors;
import dev.warren.containerd.internal.registry.RegistrySession;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A pull that this process does itself; it works with every daemon. All of it happens under a
 * lease: what a failed pull wrote goes with the lease. Thread-safe.
 */
final class ClientPull {
  private static final String OPERATION = "pull image";
  private static final Duration LONGEST = Duration.ofHours(24);

  private final ContainerdClient client;
  private final ContentStore content;
  private final Unpacker unpacker;
  private final ImageNames names;
  private final Registries registries;
  private final Platform platform = Platform.host();

  ClientPull(ContainerdClient client, Unpacker unpacker, ImageNames names, Registries registries) {
    this.client = client;
    this.content = new ContentStore(client);
    this.unpacker = unpacker;
    this.names = names;
    this.registries = registries;
  }

  /**
   * Pulls an image, unpacked and under its name; a failure leaves nothing of its own.
   *
   * @throws dev.warren.SandboxException as {@link dev.warren.spi.Images#pull}
   */
  void pull(ImageRef ref, Optional<Credentials> credentials, PullReporter reporter) {
    RegistrySession registry = registries.open(ref, credentials);
    try {
      Documents documents = fetch(registry);
      Lease lease = client.leases().acquire(LONGEST);
      boolean done = false;
      try {
        store(lease, ref, registry, documents, reporter);
        done = true;
      } finally {
        // After a failure the collector runs at once and takes what was written.
        lease.delete(!done);
      }
    } catch (IOException | InterruptedException e) {
      if (e instanceof InterruptedException) {
        Thread.currentThread().interrupt();
      }
      throw RegistryErrors.map(OPERATION, ref.toString(), ref.registry(), e);
    }
  }

  /** What describes the image; small, so it is in memory before anything is written. */
  private record Documents(
      FetchedManifest target,
      Optional<BlobDescriptor> entry,
      FetchedManifest manifest,
      ManifestDocument.Image image,
      ImageConfig config,
      ByteString configBytes) {}

  private Documents fetch(RegistrySession registry) throws IOException, InterruptedException {
    FetchedManifest target = registry.manifest();
    FetchedManifest manifest = target;
    Optional<BlobDescriptor> entry = Optional.empty();
    if (target.document() instanceof ManifestDocument.Index index) {
      BlobDescriptor chosen = index.choose(platform);
      entry = Optional.of(chosen);
      manifest = registry.manifest(chosen);
    }
    if (!(manifest.document() instanceof ManifestDocument.Image image)) {
      throw new MalformedImage(Code.UNSUPPORTED, "the image is an index of indexes");
    }
    byte[] bytes = registry.smallBlob(image.config());
    ImageConfig config = ImageConfig.parse(bytes);
    config.requirePlatform(platform);
    if (config.diffIds().size() != image.layers().size()) {
      throw new MalformedImage(
          Code.DATA_LOSS, "the image's manifest and configuration disagree about its layers");
    }
    return new Documents(target, entry, manifest, image, config, ByteString.copyFrom(bytes));
  }

  private void store(
      Lease lease,
      ImageRef ref,
      RegistrySession registry,
      Documents documents,
      PullReporter reporter)
      throws IOException, InterruptedException {
    List<BlobDescriptor> layers = documents.image().layers();
    ImageConfig config = documents.config();
    try (LayerDownloads downloads =
        new LayerDownloads(client, lease, ref, registry, registries.retries(), reporter)) {
      downloads.start(layers);
      for (int i = 0; i < layers.size(); i++) {
        downloads.await(layers.get(i));
        reporter.layer(layers.get(i), Phase.UNPACKING);
        unpacker.unpack(lease, config, i, layers.get(i));
        reporter.layer(layers.get(i), Phase.DONE);
      }
    }
    List<String> chain = config.chainIds();
    String top = chain.isEmpty() ? "" : chain.get(chain.size() - 1);
    // Children first: whoever finds a document finds what it refers to.
    write(
        lease,
        documents.image().config(),
        documents.configBytes().toByteArray(),
        Labels.ofConfig(ref, unpacker.snapshotter(), top));
    write(
        lease,
        documents.manifest().descriptor(),
        documents.manifest().bytes(),
        Labels.ofManifest(ref, documents.image()));
    if (documents.entry().isPresent()
        && documents.target().document() instanceof ManifestDocument.Index index) {
      write(
          lease,
          documents.target().descriptor(),
          documents.target().bytes(),
          Labels.ofIndex(ref, index, documents.entry().get()));
    }
    names.point(lease, ref, documents.target().descriptor());
  }

  private void write(Lease lease, BlobDescriptor document, byte[] bytes, Map<String, String> labels)
      throws IOException, InterruptedException {
    if (!content.adopt(lease, document.digest(), labels)) {
      new Ingest(client, lease, document, labels).write(bytes);
    }
  }

  /** Asks what a name means at its registry. */
  String digest(ImageRef ref, Optional<Credentials> credentials) {
    try {
      return registries.open(ref, credentials).digest();
    } catch (IOException | InterruptedException e) {
      if (e instanceof InterruptedException) {
        Thread.currentThread().interrupt();
      }
      throw RegistryErrors.map("resolve image", ref.toString(), ref.registry(), e);
    }
  }
}
