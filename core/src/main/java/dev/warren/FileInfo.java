package dev.warren;

import java.time.Instant;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * A file, a directory or a link of a sandbox.
 *
 * @param path as asked, or relative to the listed directory
 * @param mode permission, setuid, setgid and sticky bits
 * @param linkTarget of a symbolic link
 * @param revision changes whenever the content or the metadata does; opaque
 * @param collapsedEntries of a directory that a listing did not expand: how many entries it has
 */
public record FileInfo(
    String path,
    Type type,
    long size,
    int mode,
    int uid,
    int gid,
    Instant modified,
    Optional<String> linkTarget,
    String revision,
    OptionalLong collapsedEntries) {

  /** What it is. */
  public enum Type {
    REGULAR,
    DIRECTORY,
    SYMLINK,
    /** A device, a socket or a pipe. */
    OTHER
  }

  public boolean isDirectory() {
    return type == Type.DIRECTORY;
  }

  public boolean isRegularFile() {
    return type == Type.REGULAR;
  }
}
