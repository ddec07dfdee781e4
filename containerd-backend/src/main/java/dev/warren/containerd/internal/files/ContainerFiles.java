package dev.warren.containerd.internal.files;

import com.fasterxml.jackson.databind.JsonNode;
import dev.warren.SandboxException;
import dev.warren.SandboxException.Code;
import dev.warren.StateDirectory;
import dev.warren.containerd.internal.client.ContainerdErrors;
import dev.warren.containerd.internal.oci.Json;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What this host keeps of each container: a directory of its own in the state directory. */
public final class ContainerFiles {
  private static final String ROOT = "containerd";

  private final StateDirectory state;
  private final String owner;

  /**
   * @param owner tells engines apart that share a state directory
   */
  public ContainerFiles(StateDirectory state, String owner) {
    this.state = state;
    this.owner = owner;
  }

  /** The directory of one container, made where it is missing. */
  public Path directory(String id) {
    return state.directory(ROOT, owner, id);
  }

  /** Where a file of a container is or would be; nothing is made. */
  public Path path(String id, String file) {
    return root().resolve(id).resolve(file);
  }

  private Path root() {
    return state.path().resolve(ROOT).resolve(owner);
  }

  /** Whether a container has a directory here. */
  public boolean exists(String id) {
    return Files.isDirectory(root().resolve(id), LinkOption.NOFOLLOW_LINKS);
  }

  /** The containers that have a directory, whether they exist or not. */
  public List<String> ids() {
    try (Stream<Path> entries = Files.list(root())) {
      return entries.map(entry -> entry.getFileName().toString()).sorted().toList();
    } catch (IOException e) {
      return List.of();
    }
  }

  /** Replaces a file in one step; readable for all, behind a directory that is not. */
  public void write(String id, String file, String text) {
    Path directory = directory(id);
    Path target = directory.resolve(file);
    Path temporary = directory.resolve(file + "." + Thread.currentThread().getId() + ".new");
    try {
      Files.writeString(temporary, text, StandardCharsets.UTF_8);
      Files.setPosixFilePermissions(temporary, PosixFilePermissions.fromString("rw-r--r--"));
      Files.move(temporary, target, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      throw SandboxException.of(Code.RESOURCE_EXHAUSTED, "write state of", id)
          .backend(ContainerdErrors.BACKEND)
          .detail("a file of the state directory cannot be written")
          .cause(e)
          .build();
    }
  }

  /** Replaces a file with JSON. */
  public void writeJson(String id, String file, JsonNode node) {
    write(id, file, node.toString());
  }

  /** Reads JSON; empty when there is none, or it is damaged. */
  public Optional<JsonNode> readJson(String id, String file) {
    try {
      return Optional.of(Json.MAPPER.readTree(Files.readAllBytes(path(id, file))));
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  /** Removes one file. */
  public void remove(String id, String file) {
    try {
      Files.deleteIfExists(path(id, file));
    } catch (IOException e) {
      throw failedRemoval(id, e);
    }
  }

  /** Removes all of a container. */
  public void removeAll(String id) {
    Path directory = root().resolve(id);
    if (!Files.exists(directory, LinkOption.NOFOLLOW_LINKS)) {
      return;
    }
    try {
      Files.walkFileTree(directory, new Remover());
    } catch (NoSuchFileException e) {
      // Somebody else has done it.
    } catch (IOException e) {
      throw failedRemoval(id, e);
    }
  }

  private static SandboxException failedRemoval(String id, IOException cause) {
    return SandboxException.of(Code.INTERNAL, "remove state of", id)
        .backend(ContainerdErrors.BACKEND)
        .detail("a file of the state directory cannot be removed")
        .cause(cause)
        .build();
  }

  private static final class Remover extends SimpleFileVisitor<Path> {
    @Override
    public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
      Files.deleteIfExists(file);
      return FileVisitResult.CONTINUE;
    }

    @Override
    public FileVisitResult postVisitDirectory(Path directory, @Nullable IOException failure)
        throws IOException {
      Files.deleteIfExists(directory);
      return FileVisitResult.CONTINUE;
    }
  }
}
