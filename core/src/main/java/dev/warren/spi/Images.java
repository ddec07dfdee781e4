package dev.warren.spi;

import dev.warren.ImageRef;
import dev.warren.PullOptions;
import java.util.List;
import java.util.Optional;

/** The images of an engine. The general rules are those of {@link SandboxRuntime}. */
public interface Images {

  /**
   * Fetches an image, unpacked and ready to start, or updates it where the tag has moved. What is
   * present already is not fetched again. Concurrent pulls of one image share the work.
   *
   * @return the image as it is now
   * @throws dev.warren.SandboxException {@code NOT_FOUND} (no such repository, tag or platform),
   *     {@code PERMISSION_DENIED} (credentials), {@code UNAVAILABLE} (registry), {@code DATA_LOSS}
   *     (a digest does not match), {@code RESOURCE_EXHAUSTED} (disk), {@code UNSUPPORTED} (media
   *     type)
   */
  Image pull(ImageRef ref, PullOptions options);

  /** The local image of exactly this name. */
  Optional<Image> get(ImageRef ref);

  /** All local images, sorted by name. */
  List<Image> list();

  /** Removes the name, and the content that no other name and no container needs. */
  void delete(ImageRef ref);

  /**
   * Asks the registry what the reference means there now, without pulling.
   *
   * @return the digest of the manifest or index, {@code sha256:…}
   * @throws dev.warren.SandboxException as for {@link #pull}
   */
  String resolveDigest(ImageRef ref, PullOptions options);
}
