package dev.warren.containerd.internal.image;

import com.google.protobuf.FieldMask;
import dev.warren.ImageRef;
import dev.warren.SandboxException;
import dev.warren.containerd.internal.api.images.CreateImageRequest;
import dev.warren.containerd.internal.api.images.Image;
import dev.warren.containerd.internal.api.images.UpdateImageRequest;
import dev.warren.containerd.internal.api.types.Descriptor;
import dev.warren.containerd.internal.client.ContainerdClient;
import dev.warren.containerd.internal.client.ContainerdErrors;
import dev.warren.containerd.internal.client.Lease;
import dev.warren.containerd.internal.manifest.BlobDescriptor;

/** The names in the daemon's image table. Thread-safe. */
final class ImageNames {
  private static final int ROUNDS = 5;

  private final ContainerdClient client;

  ImageNames(ContainerdClient client) {
    this.client = client;
  }

  /** Makes a name point to a document, whether it existed or not. */
  void point(Lease lease, ImageRef ref, BlobDescriptor target) {
    Image image =
        Image.newBuilder()
            .setName(ref.toString())
            .setTarget(
                Descriptor.newBuilder()
                    .setMediaType(target.mediaType())
                    .setDigest(target.digest())
                    .setSize(target.size()))
            .build();
    CreateImageRequest create = CreateImageRequest.newBuilder().setImage(image).build();
    UpdateImageRequest update =
        UpdateImageRequest.newBuilder()
            .setImage(image)
            .setUpdateMask(FieldMask.newBuilder().addPaths("target"))
            .build();
    // Between the two calls another process may delete or create the name.
    for (int round = 1; ; round++) {
      try {
        client.call("name image", ref.toString(), () -> lease.stubs().images().create(create));
        return;
      } catch (SandboxException e) {
        if (!ContainerdErrors.isAlreadyExists(e) || round == ROUNDS) {
          throw e;
        }
      }
      try {
        client.call("name image", ref.toString(), () -> lease.stubs().images().update(update));
        return;
      } catch (SandboxException e) {
        if (!ContainerdErrors.isNotFound(e)) {
          throw e;
        }
      }
    }
  }
}
