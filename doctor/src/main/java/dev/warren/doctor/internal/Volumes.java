package dev.warren.doctor.internal;

import java.nio.file.Path;
import java.util.Optional;

/** Tells how full file systems are. */
interface Volumes {

  /** The file system of a directory; empty where it cannot be asked. */
  Optional<Volume> of(Path directory);

  /**
   * One file system.
   *
   * @param freeBytes for this process
   * @param inodes empty where they cannot be counted
   */
  record Volume(long freeBytes, long totalBytes, Optional<Inodes> inodes) {}

  /**
   * The files it can still hold.
   *
   * @param total 0 where there is no fixed number
   */
  record Inodes(long free, long total) {}
}
