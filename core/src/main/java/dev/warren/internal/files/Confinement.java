package dev.warren.internal.files;

import dev.warren.SandboxException;
import dev.warren.SandboxException.Code;
import dev.warren.bridge.v1.NoFollow;
import java.util.Arrays;
import java.util.Optional;

/**
 * The tree that a view of files is confined to, if any. The bridge enforces it; here is only what
 * it cannot know, namely views within views. Immutable.
 */
final class Confinement {
  static final Confinement NONE = new Confinement(Optional.empty(), "");

  private final Optional<NoFollow> root;
  private final String prefix;

  private Confinement(Optional<NoFollow> root, String prefix) {
    this.root = root;
    this.prefix = prefix;
  }

  /** Confined to a directory, below the one of this confinement where there is one. */
  Confinement within(String directory) {
    if (root.isEmpty()) {
      return new Confinement(Optional.of(NoFollow.newBuilder().setRoot(directory).build()), "");
    }
    return new Confinement(root, path("confine", directory) + "/");
  }

  Optional<NoFollow> root() {
    return root;
  }

  /** A path as the bridge takes it. */
  String path(String operation, String path) {
    if (root.isEmpty()) {
      return path;
    }
    if (path.startsWith("/")) {
      throw SandboxException.invalid(
          operation, path, "in a confined view paths are relative to its directory");
    }
    // The bridge confines to the outermost directory; leaving an inner one must be seen here.
    if (!prefix.isEmpty() && Arrays.asList(path.split("/")).contains("..")) {
      throw SandboxException.of(Code.CONFLICT, operation, path)
          .reason("OUTSIDE_ROOT")
          .detail("the path may leave the directory of this view")
          .build();
    }
    return prefix + path;
  }

  /** For what has no confined form. */
  void refuse(String operation, String path) {
    if (root.isPresent()) {
      throw SandboxException.of(Code.UNSUPPORTED, operation, path)
          .detail("a confined view does not have it")
          .build();
    }
  }
}
