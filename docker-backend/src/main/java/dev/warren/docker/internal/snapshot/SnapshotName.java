package dev.warren.docker.internal.snapshot;

import dev.warren.SandboxException;
import dev.warren.docker.internal.container.Ownership;
import dev.warren.docker.internal.image.LocalNames;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.regex.Pattern;

/**
 * The name of a snapshot's image. Different snapshots have different ones: a tag cannot begin with
 * a dot or a dash, nor a repository have capitals, so those cases have repositories of their own.
 *
 * @param repository for one owner
 * @param tag as the caller named the snapshot, as far as the engine can take it
 */
record SnapshotName(String repository, String tag) {
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9._-]{1,128}");
  private static final Pattern LOWER = Pattern.compile("[a-z0-9]+([._-][a-z0-9]+)*");

  /**
   * @throws SandboxException {@code INVALID_ARGUMENT}
   */
  static SnapshotName of(String operation, Ownership owner, String name) {
    if (!isValid(name)) {
      throw SandboxException.invalid(
          operation, "'" + name + "'", "snapshot names are 1 to 128 of A-Z a-z 0-9 . _ -");
    }
    String kind =
        switch (name.charAt(0)) {
          case '.' -> "snapshot-dot";
          case '-' -> "snapshot-dash";
          default -> "snapshot";
        };
    String tag = kind.equals("snapshot") ? name : "_" + name.substring(1);
    return new SnapshotName(LocalNames.REGISTRY + "/" + kind + "/" + path(owner.name()), tag);
  }

  static boolean isValid(String name) {
    return NAME.matcher(name).matches();
  }

  private static String path(String owner) {
    return LOWER.matcher(owner).matches()
        ? "of/" + owner
        : "of-hex/" + HexFormat.of().formatHex(owner.getBytes(StandardCharsets.UTF_8));
  }

  @Override
  public String toString() {
    return repository + ":" + tag;
  }
}
