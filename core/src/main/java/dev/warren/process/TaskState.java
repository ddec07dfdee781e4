package dev.warren.process;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * What the bridge's init wrote about itself.
 *
 * @param startTicks from {@code /proc/<pid>/stat}: tells the process from a later one of its pid
 * @param exit present once it has ended in order
 */
record TaskState(long pid, long startTicks, OptionalInt exit) {

  static Optional<TaskState> read(Path file) throws IOException {
    long pid = 0;
    long start = 0;
    OptionalInt exit = OptionalInt.empty();
    try {
      for (String line : Files.readAllLines(file)) {
        int space = line.indexOf(' ');
        String value = line.substring(space + 1).strip();
        switch (line.substring(0, Math.max(space, 0))) {
          case "pid" -> pid = Long.parseLong(value);
          case "start" -> start = Long.parseLong(value);
          case "exit" -> exit = OptionalInt.of(Integer.parseInt(value));
          default -> throw new IOException("malformed task state");
        }
      }
    } catch (NoSuchFileException e) {
      return Optional.empty();
    } catch (NumberFormatException e) {
      throw new IOException("malformed task state", e);
    }
    return pid == 0 ? Optional.empty() : Optional.of(new TaskState(pid, start, exit));
  }

  boolean alive() {
    return exit.isEmpty() && startTicks(pid) == startTicks;
  }

  /** Field 22 of the process's stat; -1 when there is no such process, or it is a zombie. */
  private static long startTicks(long pid) {
    try {
      String stat =
          Files.readString(
              Path.of("/proc/" + pid + "/stat"), java.nio.charset.StandardCharsets.ISO_8859_1);
      String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
      return fields[0].equals("Z") ? -1 : Long.parseLong(fields[19]);
    } catch (IOException e) {
      return -1;
    }
  }
}
