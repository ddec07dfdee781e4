package dev.warren;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;

/**
 * The directory of the host application in which Warren keeps its files (0700): bridge binaries by
 * digest, logs, network results, the client identity, backups and locks. Thread-safe.
 */
public final class StateDirectory {
  private final Path root;

  private StateDirectory(Path root) {
    this.root = root;
  }

  /**
   * {@code $XDG_STATE_HOME/warren}, else {@code ~/.local/state/warren}; nothing is created before
   * it is used.
   */
  public static StateDirectory standard() {
    String configured = System.getenv("XDG_STATE_HOME");
    Path base =
        configured == null || !configured.startsWith("/")
            ? Path.of(System.getProperty("user.home"), ".local", "state")
            : Path.of(configured);
    return at(base.resolve("warren"));
  }

  /** An absolute path is best; a relative one is taken from the working directory of now. */
  public static StateDirectory at(Path path) {
    return new StateDirectory(path.toAbsolutePath().normalize());
  }

  /** The directory itself. */
  public Path path() {
    return root;
  }

  /**
   * A directory below it, made with mode 0700 where it is missing.
   *
   * @throws SandboxException {@code PERMISSION_DENIED}, {@code RESOURCE_EXHAUSTED}, {@code
   *     CONFLICT} when something else is there
   */
  public Path directory(String first, String... more) {
    Path directory = root;
    ensure(root);
    directory = directory.resolve(first);
    ensure(directory);
    for (String name : more) {
      directory = directory.resolve(name);
      ensure(directory);
    }
    return directory;
  }

  private void ensure(Path directory) {
    if (Files.isDirectory(directory, LinkOption.NOFOLLOW_LINKS)) {
      return;
    }
    try {
      if (directory.equals(root)) {
        Files.createDirectories(root.getParent());
      }
      Files.createDirectory(
          directory,
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    } catch (java.nio.file.FileAlreadyExistsException e) {
      if (!Files.isDirectory(directory)) {
        throw SandboxException.of(SandboxException.Code.CONFLICT, "open state directory", "")
            .detail("something that is no directory is in its place")
            .remedy("remove it or choose another state directory")
            .cause(e)
            .build();
      }
    } catch (IOException e) {
      boolean denied = e instanceof java.nio.file.AccessDeniedException;
      throw SandboxException.of(
              denied
                  ? SandboxException.Code.PERMISSION_DENIED
                  : SandboxException.Code.RESOURCE_EXHAUSTED,
              "open state directory",
              "")
          .detail(
              denied
                  ? "it cannot be created with the rights of this process"
                  : "it cannot be created")
          .remedy("choose another state directory or make this one writable")
          .cause(e)
          .build();
    }
  }

  /** Leaves the path out. */
  @Override
  public String toString() {
    return "StateDirectory";
  }
}
