package dev.warren.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * What a process keeps in memory.
 *
 * @param rss KiB that are mapped and present, shared or not
 * @param pss the same, with shared pages divided by the number of those that share them
 */
record ProcessMemory(long rss, long pss) {

  static ProcessMemory of(long pid) throws IOException {
    List<String> lines = Files.readAllLines(proc(pid, "smaps_rollup"));
    return new ProcessMemory(field(lines, "Rss:"), field(lines, "Pss:"));
  }

  static List<Long> children(long pid) throws IOException {
    String text = Files.readString(proc(pid, "task/" + pid + "/children")).strip();
    return text.isEmpty()
        ? List.of()
        : List.of(text.split(" ")).stream().map(Long::valueOf).toList();
  }

  private static Path proc(long pid, String file) {
    return Path.of("/proc", Long.toString(pid)).resolve(file);
  }

  private static long field(List<String> lines, String name) {
    return lines.stream()
        .filter(line -> line.startsWith(name))
        .mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", "")))
        .findFirst()
        .orElse(0);
  }
}
