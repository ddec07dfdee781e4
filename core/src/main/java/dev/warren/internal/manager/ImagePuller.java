package dev.warren.internal.manager;

import dev.warren.ImageRef;
import dev.warren.PullOptions;
import dev.warren.PullPolicy;
import dev.warren.SandboxException;
import dev.warren.SandboxException.Code;
import dev.warren.spi.Image;
import dev.warren.spi.Images;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Gets images by policy. Thread-safe. */
public final class ImagePuller {
  private static final Logger log = LoggerFactory.getLogger(ImagePuller.class);

  private final Images images;
  private final PullPolicy policy;
  private final PullOptions options;

  public ImagePuller(Images images, PullPolicy policy, PullOptions options) {
    this.images = images;
    this.policy = policy;
    this.options = options;
  }

  /**
   * Makes sure that the image is there.
   *
   * @throws SandboxException {@code NOT_FOUND} for the policy {@code NEVER}; those of a pull
   */
  public void ensure(ImageRef ref) {
    Optional<Image> local = images.get(ref);
    switch (policy) {
      case ALWAYS -> images.pull(ref, options);
      case IF_ABSENT -> {
        if (local.isEmpty()) {
          images.pull(ref, options);
        }
      }
      case IF_NEWER -> {
        if (local.isEmpty()) {
          images.pull(ref, options);
        } else {
          update(ref, local.get());
        }
      }
      case NEVER -> {
        if (local.isEmpty()) {
          throw SandboxException.of(Code.NOT_FOUND, "find image", ref.toString())
              .detail("it is not on this host, and the policy is never to pull")
              .remedy("pull it beforehand, or choose another pull policy")
              .build();
        }
      }
    }
  }

  private void update(ImageRef ref, Image local) {
    try {
      if (!images.resolveDigest(ref, options).equals(local.digest())) {
        images.pull(ref, options);
      }
    } catch (SandboxException e) {
      if (e.code() == Code.CANCELLED || e.code() == Code.CLOSED) {
        throw e;
      }
      log.warn("Image {} could not be updated, the local one is used: {}", ref, e.getMessage());
    }
  }
}
