package dev.warren.containerd.internal.container;

import dev.warren.SandboxException;
import dev.warren.SandboxException.Code;
import dev.warren.containerd.internal.client.ContainerdErrors;
import dev.warren.containerd.internal.content.LayerContent;
import dev.warren.containerd.internal.content.TarHeader;
import dev.warren.containerd.internal.files.ExactStream;
import dev.warren.spi.ContainerSpec;
import dev.warren.spi.ContainerSpec.InitialFile;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** Puts files into a fresh writable layer, as an archive that the daemon applies. */
final class InitialFiles {
  private final LayerContent content;
  private final WritableLayers layers;

  InitialFiles(LayerContent content, WritableLayers layers) {
    this.content = content;
    this.layers = layers;
  }

  /** Refuses files that are not there, or would be nowhere. */
  void check(ContainerSpec spec) {
    for (InitialFile file : spec.files()) {
      boolean clean =
          file.path().startsWith("/")
              && file.path().length() > 1
              && file.path().indexOf('\0') < 0
              && Path.of(file.path()).normalize().toString().equals(file.path());
      if (!clean) {
        throw SandboxException.invalid(
            "check container", spec.id(), "'" + file.path() + "' is no absolute, normalised path");
      }
      if (!Files.isRegularFile(file.source()) || !Files.isReadable(file.source())) {
        throw SandboxException.invalid(
            "check container", spec.id(), "what becomes '" + file.path() + "' is no readable file");
      }
    }
  }

  void put(ContainerSpec spec) {
    if (spec.files().isEmpty()) {
      return;
    }
    try (InputStream tar = archive(spec.files())) {
      content.apply("put files into", spec.id(), tar, layers.mounts(spec.id()), chunk -> {});
    } catch (IOException e) {
      throw SandboxException.of(Code.INVALID_ARGUMENT, "put files into", spec.id())
          .backend(ContainerdErrors.BACKEND)
          .detail("one of the files cannot be read")
          .cause(e)
          .build();
    }
  }

  private static InputStream archive(List<InitialFile> files) throws IOException {
    List<InputStream> parts = new ArrayList<>();
    for (InitialFile file : files) {
      long size = Files.size(file.source());
      parts.add(
          new ByteArrayInputStream(TarHeader.file(file.path().substring(1), file.mode(), size)));
      parts.add(new ExactStream(Files.newInputStream(file.source()), size));
      parts.add(new ByteArrayInputStream(new byte[TarHeader.padding(size)]));
    }
    parts.add(new ByteArrayInputStream(new byte[2 * TarHeader.BLOCK]));
    return new SequenceInputStream(Collections.enumeration(parts));
  }
}
