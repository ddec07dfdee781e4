package dev.warren.containerd.internal.image;

import dev.warren.ImageRef;
import dev.warren.PullOptions.Credentials;
import java.util.Optional;

/** A way to bring an image here, unpacked and under its name. */
interface PullPath {

  /**
   * Pulls an image; a failure leaves nothing of its own.
   *
   * @throws dev.warren.SandboxException as {@link dev.warren.spi.Images#pull}
   */
  void pull(ImageRef ref, Optional<Credentials> credentials, PullReporter reporter);
}
