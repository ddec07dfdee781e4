package dev.warren.docker.internal.image;

import dev.warren.ImageRef;
import dev.warren.SandboxException;
import dev.warren.docker.RegistryOptions;
import dev.warren.docker.internal.client.DockerEngine;
import dev.warren.spi.Image;
import dev.warren.spi.Images;
import dev.warren.spi.PullOptions;
import java.util.List;
import java.util.Optional;

/** The images of the engine. */
public final class DockerImages implements Images, AutoCloseable {

  public DockerImages(DockerEngine engine, RegistryOptions registries) {}

  @Override
  public Image pull(ImageRef ref, PullOptions options) {
    throw unsupported();
  }

  @Override
  public Optional<Image> get(ImageRef ref) {
    throw unsupported();
  }

  @Override
  public List<Image> list() {
    throw unsupported();
  }

  @Override
  public void delete(ImageRef ref) {
    throw unsupported();
  }

  @Override
  public String resolveDigest(ImageRef ref, PullOptions options) {
    throw unsupported();
  }

  @Override
  public void close() {}

  private static SandboxException unsupported() {
    return SandboxException.of(SandboxException.Code.UNSUPPORTED, "use images", "").build();
  }
}
