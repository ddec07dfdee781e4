package dev.warren.internal.manager;

import dev.warren.SandboxException;
import dev.warren.SandboxException.Code;
import dev.warren.StateDirectory;
import dev.warren.internal.disk.FileTrees;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.UUID;

/**
 * Where the host keeps what belongs to one sandbox: the bridge it runs, its socket and, where its
 * root is read-only, its data. Thread-safe.
 */
public final class SandboxLayout {
  /** The length of {@code sun_path}, without its NUL. */
  private static final int MAX_SOCKET_PATH = 107;

  private static final String SOCKET = "s";

  private final StateDirectory state;
  private final String temporaryDirectory;

  public SandboxLayout(StateDirectory state) {
    this(state, System.getProperty("java.io.tmpdir"));
  }

  SandboxLayout(StateDirectory state, String temporaryDirectory) {
    this.state = state;
    this.temporaryDirectory = temporaryDirectory;
  }

  /**
   * The bridge that the sandbox runs: a hard link of the extracted one, so that a start after an
   * upgrade runs the new bridge, while a sandbox that goes on keeps the one it was started with.
   */
  public Path bridge(String containerId) {
    return directory(containerId).resolve("bridge");
  }

  /** Puts the bridge of this version in place. Only while the sandbox does not run. */
  public void install(String containerId, Path binary) {
    Path staged = directory(containerId).resolve("bridge." + UUID.randomUUID());
    try {
      try {
        Files.createLink(staged, binary);
      } catch (UnsupportedOperationException | IOException e) {
        Files.copy(binary, staged, StandardCopyOption.COPY_ATTRIBUTES);
      }
      Files.move(staged, bridge(containerId), StandardCopyOption.ATOMIC_MOVE);
      Files.deleteIfExists(staged); // a rename onto a link of the same file does nothing
    } catch (IOException e) {
      throw failed("install bridge for", containerId, e);
    }
  }

  /** The directory that the sandbox sees as {@code /run/warren}. */
  public Path socketDirectory(String containerId) {
    return socket(containerId).getParent();
  }

  /**
   * The bridge's socket; its path fits the kernel's limit whatever the state directory is called.
   */
  public Path socket(String containerId) {
    Path usual = directory(containerId).resolve("run").resolve(SOCKET);
    if (usual.toString().getBytes(StandardCharsets.UTF_8).length <= MAX_SOCKET_PATH) {
      return usual;
    }
    String user = System.getProperty("user.name").replaceAll("[^A-Za-z0-9]", "_");
    return Path.of(temporaryDirectory, "warren-" + user + "-" + hash(state.path().toString()))
        .resolve(hash(containerId))
        .resolve(SOCKET);
  }

  /** Makes the socket's directory, empty. The parent keeps everybody else out. */
  public void prepareSocketDirectory(String containerId, boolean otherUser) {
    Path directory = socketDirectory(containerId);
    try {
      Path parent = directory.getParent();
      if (!parent.startsWith(state.path())) {
        privateDirectory(parent);
      }
      Files.createDirectories(directory);
      Files.setPosixFilePermissions(
          directory, PosixFilePermissions.fromString(otherUser ? "rwxrwxrwx" : "rwx------"));
      Files.deleteIfExists(socket(containerId));
    } catch (IOException e) {
      throw failed("prepare socket of", containerId, e);
    }
  }

  /** Where the data of a sandbox with a read-only root, or of another user, is kept. */
  public Path data(String containerId) {
    return state.directory("data").resolve(containerId);
  }

  public void prepareData(String containerId) {
    try {
      Files.createDirectories(data(containerId));
      Files.setPosixFilePermissions(
          data(containerId), PosixFilePermissions.fromString("rwxrwxrwx"));
    } catch (IOException e) {
      throw failed("prepare data of", containerId, e);
    }
  }

  /** Takes the data out of reach with one step; {@link #purge} then frees the space. */
  public void discardData(String containerId) {
    try {
      Files.move(
          data(containerId),
          state.directory("trash").resolve(containerId + "." + UUID.randomUUID()),
          StandardCopyOption.ATOMIC_MOVE);
    } catch (NoSuchFileException e) {
      // It keeps its data in its own layer.
    } catch (IOException e) {
      throw failed("discard data of", containerId, e);
    }
  }

  /** Removes what belongs to a sandbox that is gone, and discarded data. */
  public void remove(String containerId) {
    try {
      FileTrees.delete(socketDirectory(containerId));
      FileTrees.delete(directory(containerId));
    } catch (IOException e) {
      throw failed("remove files of", containerId, e);
    }
    purge();
  }

  /** Frees the space of discarded data. */
  public void purge() {
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(state.directory("trash"))) {
      for (Path entry : entries) {
        FileTrees.delete(entry);
      }
    } catch (IOException e) {
      throw failed("purge discarded data", "", e);
    }
  }

  private Path directory(String containerId) {
    return state.directory("sandboxes", hash(containerId));
  }

  private static void privateDirectory(Path directory) throws IOException {
    if (!Files.isDirectory(directory, LinkOption.NOFOLLOW_LINKS)) {
      Files.createDirectory(
          directory,
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    }
    boolean ours =
        Files.getOwner(directory, LinkOption.NOFOLLOW_LINKS)
            .getName()
            .equals(System.getProperty("user.name"));
    String mode =
        PosixFilePermissions.toString(
            Files.getPosixFilePermissions(directory, LinkOption.NOFOLLOW_LINKS));
    if (!ours || !mode.equals("rwx------")) {
      throw SandboxException.of(Code.PERMISSION_DENIED, "open socket directory", "")
          .detail("a directory of the expected name belongs to somebody else")
          .remedy("use a state directory with a shorter path")
          .build();
    }
  }

  private static String hash(String text) {
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(digest, 0, 8);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  private static SandboxException failed(String operation, String subject, IOException cause) {
    return SandboxException.of(Code.INTERNAL, operation, subject)
        .detail("a file of the state directory could not be written")
        .remedy("check its rights and the free space of its disk")
        .cause(cause)
        .build();
  }
}
