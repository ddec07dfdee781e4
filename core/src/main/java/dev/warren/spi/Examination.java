package dev.warren.spi;

import dev.warren.Finding;
import java.nio.file.Path;

/**
 * What {@link SandboxRuntimeProvider#examine} is given: judgements that are the same for every
 * engine. Thread-safe; nothing here throws.
 */
public interface Examination {

  /**
   * Judges a version by the published vulnerabilities. A build of a distribution is not judged by
   * its number alone, since distributions fix old numbers.
   *
   * @param program {@code containerd}, {@code docker} or {@code runc}; the id of the finding is
   *     {@code <program>.version}
   * @param version as the program reports it, with its revision where it tells one
   */
  Finding version(String program, String version);

  /**
   * Judges the free space and the free inodes below a directory.
   *
   * @param id of the finding
   * @param role what the directory is called in the text, such as {@code the data directory of
   *     containerd}; its path is not named
   */
  Finding space(String id, String role, Path directory);
}
