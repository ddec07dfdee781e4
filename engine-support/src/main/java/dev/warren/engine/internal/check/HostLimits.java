package dev.warren.engine.internal.check;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * What a process on this host can be given at most. A runtime fails where it is told to raise a
 * limit that it may not raise, so what is asked for is cut to what there is: it is a bound anyway.
 * Thread-safe.
 */
public final class HostLimits {
  private static final int SYS_RESOURCE = 24;

  private final Path proc;

  HostLimits(Path proc) {
    this.proc = proc;
  }

  /** Reads those of this host at each call. */
  public static HostLimits ofThisHost() {
    return new HostLimits(Path.of("/proc"));
  }

  /** What is asked for, cut to what there is. */
  public long openFiles(long asked) {
    long kernel = number(first(proc.resolve("sys/fs/nr_open"), ""), Long.MAX_VALUE);
    return Math.min(asked, mayRaise() ? kernel : Math.min(kernel, hardLimit()));
  }

  /** Without the capability in the bounding set, nobody in this host's world has it. */
  private boolean mayRaise() {
    String line = first(proc.resolve("self/status"), "CapBnd:");
    if (line.isEmpty()) {
      return true;
    }
    long set = Long.parseUnsignedLong(line.substring("CapBnd:".length()).strip(), 16);
    return ((set >>> SYS_RESOURCE) & 1) == 1;
  }

  private long hardLimit() {
    String[] words = first(proc.resolve("self/limits"), "Max open files").split("\\s+", -1);
    return words.length > 4 ? number(words[4], Long.MAX_VALUE) : Long.MAX_VALUE;
  }

  private static long number(String text, long otherwise) {
    try {
      return Long.parseLong(text.strip());
    } catch (NumberFormatException e) {
      return otherwise;
    }
  }

  private static String first(Path file, String prefix) {
    try {
      List<String> lines = Files.readAllLines(file);
      return lines.stream().filter(line -> line.startsWith(prefix)).findFirst().orElse("");
    } catch (IOException e) {
      return "";
    }
  }
}
