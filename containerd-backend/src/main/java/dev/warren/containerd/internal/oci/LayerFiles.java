package dev.warren.containerd.internal.oci;

import dev.warren.SandboxException;
import dev.warren.SandboxException.Code;
import dev.warren.containerd.internal.api.types.Mount;
import dev.warren.containerd.internal.client.ContainerdErrors;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.SecureDirectoryStream;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributeView;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Reads small files out of a snapshot's layers, as they lie on this host, without mounting them.
 * Links in an image are never followed here: they would lead into the host.
 */
public final class LayerFiles {
  private static final int LIMIT = 1 << 20;
  private static final Set<OpenOption> READ =
      Set.of(StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS);

  private final List<Path> layers;

  private LayerFiles(List<Path> layers) {
    this.layers = layers;
  }

  /** Knows no file at all. */
  public static LayerFiles none() {
    return new LayerFiles(List.of());
  }

  /**
   * Finds the layers of a snapshot, top first.
   *
   * @throws SandboxException {@code UNSUPPORTED} for snapshotters whose layers are no directories
   */
  public static LayerFiles of(List<Mount> mounts, String subject) {
    List<Path> layers = new ArrayList<>();
    if (mounts.size() == 1) {
      Mount mount = mounts.get(0);
      if (mount.getType().equals("bind")) {
        layers.add(Path.of(mount.getSource()));
      } else if (mount.getType().equals("overlay")) {
        mount.getOptionsList().forEach(option -> addLayers(option, layers));
      }
    }
    if (layers.isEmpty()) {
      throw SandboxException.of(Code.UNSUPPORTED, "check user", subject)
          .backend(ContainerdErrors.BACKEND)
          .detail("names of users cannot be looked up with this snapshotter")
          .remedy("give the user as numbers, such as 1000:1000")
          .build();
    }
    return new LayerFiles(List.copyOf(layers));
  }

  private static void addLayers(String option, List<Path> layers) {
    if (option.startsWith("upperdir=")) {
      layers.add(0, Path.of(option.substring("upperdir=".length())));
    } else if (option.startsWith("lowerdir=")) {
      for (String lower : option.substring("lowerdir=".length()).split(":", -1)) {
        layers.add(Path.of(lower));
      }
    }
  }

  /** The text of a file such as {@code etc/passwd}; empty where there is none. */
  public String read(String directory, String file) {
    for (Path layer : layers) {
      Optional<String> text = readIn(layer, directory, file);
      if (text.isPresent()) {
        return text.get();
      }
    }
    return "";
  }

  /** Present, and empty text, where this layer hides what the ones below have. */
  private static Optional<String> readIn(Path layer, String directory, String file) {
    try (DirectoryStream<Path> root = Files.newDirectoryStream(layer)) {
      if (!(root instanceof SecureDirectoryStream<Path> secure)) {
        return Optional.of("");
      }
      try (SecureDirectoryStream<Path> inner =
          secure.newDirectoryStream(Path.of(directory), LinkOption.NOFOLLOW_LINKS)) {
        return readFile(inner, Path.of(file));
      }
    } catch (NoSuchFileException e) {
      return Optional.empty();
    } catch (IOException e) {
      return Optional.of("");
    }
  }

  private static Optional<String> readFile(SecureDirectoryStream<Path> directory, Path file)
      throws IOException {
    BasicFileAttributes attributes =
        directory
            .getFileAttributeView(file, BasicFileAttributeView.class, LinkOption.NOFOLLOW_LINKS)
            .readAttributes();
    // A device is how overlays mark what they removed; opening one could block.
    if (!attributes.isRegularFile() || attributes.size() > LIMIT) {
      return Optional.of("");
    }
    try (SeekableByteChannel channel = directory.newByteChannel(file, READ)) {
      ByteBuffer buffer = ByteBuffer.allocate((int) Math.min(LIMIT, attributes.size()));
      while (buffer.hasRemaining() && channel.read(buffer) >= 0) {
        // until full
      }
      return Optional.of(new String(buffer.array(), 0, buffer.position(), StandardCharsets.UTF_8));
    }
  }
}
