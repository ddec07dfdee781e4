package dev.warren.testkit.internal.bridge;

import dev.warren.bridge.v1.FileEntry;
import dev.warren.bridge.v1.FileType;
import dev.warren.bridge.v1.NoFollow;
import dev.warren.bridge.v1.Reason;
import dev.warren.testkit.internal.fake.SandboxPaths;
import io.grpc.Status;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** Finds and describes the files of a layer. Stateless. */
final class LayerFiles {
  private static final int TYPE_MASK = 0170000;

  private final Path layer;
  private final String root;

  LayerFiles(Path layer, String root) {
    this.layer = layer;
    this.root = root;
  }

  /** The root directory, as a path of the sandbox. */
  String root() {
    return root;
  }

  Path layer() {
    return layer;
  }

  /** The file of a path, following links up to its last part, and there if asked to. */
  Path find(String path, boolean followLast) throws IOException {
    if (path.indexOf('\0') >= 0) {
      throw Refusal.of(Status.Code.INVALID_ARGUMENT, "the path has a NUL");
    }
    return SandboxPaths.resolve(layer, root, path, followLast);
  }

  /** As {@link #find}, or confined to a directory without following anything. */
  Path find(String path, boolean followLast, boolean confined, NoFollow confinement)
      throws IOException {
    if (!confined) {
      return find(path, followLast);
    }
    Path at = find(confinement.getRoot(), true);
    if (path.startsWith("/")) {
      throw outside();
    }
    for (String name : path.split("/", -1)) {
      if (name.equals("..")) {
        throw outside();
      }
      if (Files.isSymbolicLink(at)) {
        throw link();
      }
      at = name.isEmpty() || name.equals(".") ? at : at.resolve(name);
    }
    if (followLast && Files.isSymbolicLink(at)) {
      throw link();
    }
    return at;
  }

  private static RuntimeException outside() {
    return Refusal.of(
        Status.Code.FAILED_PRECONDITION, Reason.REASON_OUTSIDE_ROOT, "it leads outside");
  }

  private static RuntimeException link() {
    return Refusal.of(Status.Code.FAILED_PRECONDITION, Reason.REASON_SYMLINK, "it is a link");
  }

  /** What is at a place, without following a link. */
  static FileEntry.Builder describe(Path file, String shownPath) throws IOException {
    Map<String, Object> attributes =
        Files.readAttributes(file, "unix:*", LinkOption.NOFOLLOW_LINKS);
    int mode = (Integer) attributes.get("mode");
    FileType type = type(mode);
    FileTime modified = (FileTime) attributes.get("lastModifiedTime");
    FileEntry.Builder entry =
        FileEntry.newBuilder()
            .setPath(shownPath)
            .setType(type)
            .setSize((Long) attributes.get("size"))
            .setMode(mode & 07777)
            .setUid((Integer) attributes.get("uid"))
            .setGid((Integer) attributes.get("gid"))
            .setMtimeUnixNanos(modified.to(TimeUnit.NANOSECONDS))
            .setRevision(
                attributes.get("ino")
                    + "-"
                    + attributes.get("size")
                    + "-"
                    + ((FileTime) attributes.get("ctime")).to(TimeUnit.NANOSECONDS));
    if (type == FileType.FILE_TYPE_SYMLINK) {
      entry.setLinkTarget(Files.readSymbolicLink(file).toString());
    }
    return entry;
  }

  private static FileType type(int mode) {
    return switch (mode & TYPE_MASK) {
      case 0100000 -> FileType.FILE_TYPE_REGULAR;
      case 0040000 -> FileType.FILE_TYPE_DIRECTORY;
      case 0120000 -> FileType.FILE_TYPE_SYMLINK;
      default -> FileType.FILE_TYPE_OTHER;
    };
  }

  static FileEntry requireRegular(Path file, String shownPath) throws IOException {
    FileEntry entry = describe(file, shownPath).build();
    if (entry.getType() == FileType.FILE_TYPE_DIRECTORY) {
      throw Refusal.of(
          Status.Code.INVALID_ARGUMENT, Reason.REASON_IS_DIRECTORY, "it is a directory");
    }
    if (entry.getType() != FileType.FILE_TYPE_REGULAR) {
      throw Refusal.of(
          Status.Code.INVALID_ARGUMENT, Reason.REASON_NOT_REGULAR, "it is no regular file");
    }
    return entry;
  }
}
