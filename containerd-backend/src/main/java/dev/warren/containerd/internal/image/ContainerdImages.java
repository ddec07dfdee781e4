package dev.warren.containerd.internal.image;

import dev.warren.ImageRef;
import dev.warren.PullOptions;
import dev.warren.PullOptions.Credentials;
import dev.warren.PullProgress;
import dev.warren.PullProgress.Phase;
import dev.warren.SandboxException;
import dev.warren.SandboxException.Code;
import dev.warren.containerd.internal.api.images.DeleteImageRequest;
import dev.warren.containerd.internal.api.images.ListImagesRequest;
import dev.warren.containerd.internal.client.ContainerdClient;
import dev.warren.containerd.internal.client.ContainerdErrors;
import dev.warren.containerd.internal.registry.Registries;
import dev.warren.containerd.internal.registry.RegistrySettings;
import dev.warren.engine.internal.pull.SingleFlight;
import dev.warren.spi.Image;
import dev.warren.spi.Images;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The images of a containerd daemon. Thread-safe; {@link #close()} ends pulls in flight. */
public final class ContainerdImages implements Images, AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(ContainerdImages.class);
  private static final String PULL = "pull image";

  private final ContainerdClient client;
  private final ImageStore store;
  private final ClientPull clientPull;
  private final TransferPull transferPull;
  private final PullMode mode;
  private final SingleFlight<Request, PullProgress, Image> pulls =
      new SingleFlight<>(ContainerdErrors.BACKEND);

  /** Asked once; a daemon that was replaced by an older one fails over all the same. */
  private volatile @Nullable Boolean transferOffered;

  /** Callers with different credentials do not share: one's rights are not the other's. */
  private record Request(ImageRef ref, Optional<Credentials> credentials) {}

  /** Who does the work of a pull. */
  public enum PullMode {
    /** The daemon where it can, else this process. */
    AUTOMATIC,
    /** Always this process. */
    CLIENT
  }

  public ContainerdImages(
      ContainerdClient client, String snapshotter, RegistrySettings settings, PullMode mode) {
    this(client, snapshotter, new Registries(settings), mode);
  }

  public ContainerdImages(
      ContainerdClient client, String snapshotter, Registries registries, PullMode mode) {
    this.mode = mode;
    this.transferPull = new TransferPull(client, snapshotter, registries);
    this.client = client;
    this.store = new ImageStore(client, snapshotter);
    this.clientPull =
        new ClientPull(
            client, new Unpacker(client, snapshotter), new ImageNames(client), registries);
  }

  /** For containers: images with their configuration and snapshot. */
  public ImageStore store() {
    return store;
  }

  @Override
  public Image pull(ImageRef ref, PullOptions options) {
    Request request = new Request(ref, options.credentials());
    return pulls.join(
        request,
        PULL,
        ref.toString(),
        options.progress(),
        report -> pull(request, new PullReporter(ref.toString(), report)));
  }

  private Image pull(Request request, PullReporter reporter) {
    ImageRef ref = request.ref();
    reporter.image(Phase.RESOLVING);
    Optional<Image> local = get(ref);
    if (local.isPresent() && isCurrent(request, local.get())) {
      reporter.image(Phase.EXISTS);
      reporter.image(Phase.DONE);
      return local.get();
    }
    fetch(request, reporter);
    Image pulled =
        get(ref)
            .orElseThrow(
                () ->
                    SandboxException.of(Code.CONFLICT, PULL, ref.toString())
                        .backend(ContainerdErrors.BACKEND)
                        .detail("somebody deleted it while it was pulled")
                        .build());
    reporter.image(Phase.DONE);
    return pulled;
  }

  private void fetch(Request request, PullReporter reporter) {
    ImageRef ref = request.ref();
    if (prefersTransfer(ref)) {
      try {
        transferPull.pull(ref, request.credentials(), reporter);
        // The daemon unpacks only for the snapshotters it is configured for; this does the rest.
        store.resolve(ref);
        return;
      } catch (SandboxException e) {
        if (e.code() == Code.CANCELLED || e.code() == Code.CLOSED) {
          throw e;
        }
        // The daemon tells a registry's failures apart in words only, and those change between
        // its versions; our own attempt either succeeds or says exactly why not.
        log.debug("the transfer service did not pull {}; pulling without it", ref, e);
      }
    }
    clientPull.pull(ref, request.credentials(), reporter);
  }

  private boolean prefersTransfer(ImageRef ref) {
    if (mode == PullMode.CLIENT || !transferPull.canReach(ref)) {
      return false;
    }
    Boolean offered = transferOffered;
    if (offered == null) {
      offered = TransferPull.isOffered(client);
      transferOffered = offered;
    }
    return offered;
  }

  /** A digest means the same for ever, so the registry need not be asked for one that is here. */
  private boolean isCurrent(Request request, Image local) {
    ImageRef ref = request.ref();
    String wanted = ref.digest().orElseGet(() -> clientPull.digest(ref, request.credentials()));
    return wanted.equals(local.digest()) && store.isReady(local.digest());
  }

  @Override
  public Optional<Image> get(ImageRef ref) {
    return store.record(ref).map(record -> toImage(ref, record));
  }

  @Override
  public List<Image> list() {
    return client
        .call(
            "list images",
            "",
            () -> client.stubs().images().list(ListImagesRequest.getDefaultInstance()))
        .getImagesList()
        .stream()
        .flatMap(record -> normalised(record.getName()).map(ref -> toImage(ref, record)))
        .sorted(Comparator.comparing(image -> image.ref().toString()))
        .toList();
  }

  @Override
  public void delete(ImageRef ref) {
    DeleteImageRequest request =
        DeleteImageRequest.newBuilder().setName(ref.toString()).setSync(true).build();
    try {
      client.call("delete image", ref.toString(), () -> client.stubs().images().delete(request));
    } catch (SandboxException e) {
      if (!ContainerdErrors.isNotFound(e)) {
        throw e;
      }
    }
  }

  @Override
  public String resolveDigest(ImageRef ref, PullOptions options) {
    return clientPull.digest(ref, options.credentials());
  }

  @Override
  public void close() {
    pulls.close();
  }

  private Image toImage(ImageRef ref, dev.warren.containerd.internal.api.images.Image record) {
    String digest = record.getTarget().getDigest();
    return new Image(ref, digest, store.size(digest));
  }

  /** Other programs keep names that are no references, such as bare digests. */
  private static Stream<ImageRef> normalised(String name) {
    try {
      ImageRef ref = ImageRef.parse(name);
      return ref.toString().equals(name) ? Stream.of(ref) : Stream.empty();
    } catch (SandboxException e) {
      return Stream.empty();
    }
  }
}
