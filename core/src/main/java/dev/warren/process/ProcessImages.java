package dev.warren.process;

import dev.warren.ImageRef;
import dev.warren.PullOptions;
import dev.warren.SandboxException;
import dev.warren.SandboxException.Code;
import dev.warren.spi.Image;
import dev.warren.spi.Images;
import java.util.List;
import java.util.Optional;

/** There are no images: commands are those of the host. */
enum ProcessImages implements Images {
  NONE;

  @Override
  public Image pull(ImageRef ref, PullOptions options) {
    throw unsupported("pull image", ref);
  }

  @Override
  public Optional<Image> get(ImageRef ref) {
    return Optional.empty();
  }

  @Override
  public List<Image> list() {
    return List.of();
  }

  @Override
  public void delete(ImageRef ref) {}

  @Override
  public String resolveDigest(ImageRef ref, PullOptions options) {
    throw unsupported("resolve image", ref);
  }

  private static SandboxException unsupported(String operation, ImageRef ref) {
    return SandboxException.of(Code.UNSUPPORTED, operation, ref.toString())
        .backend(ProcessRuntime.NAME)
        .detail("this runtime has no images")
        .remedy("use an engine, such as containerd")
        .build();
  }
}
