package dev.warren.internal.connection;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Map;

/** What the kernel tells about processes and files, beyond the JDK's own API. Stateless. */
final class ProcFiles {
  private static final int TYPE_MASK = 0170000;
  private static final int SOCKET = 0140000;

  private ProcFiles() {}

  /** A file of the host: two paths with equal values are the same file. */
  record FileId(long device, long inode) {}

  /** A socket in a directory; its change time moves whenever it is renamed, linked or replaced. */
  record SocketFile(long device, long inode, Object changed) {}

  /** A process; the start time tells it from a later one with the same pid. */
  record ProcessId(long pid, long parent, long startTicks) {}

  /** Follows links, {@code /proc/PID/exe} included. */
  static FileId fileId(Path path) throws IOException {
    Map<String, Object> found = Files.readAttributes(path, "unix:dev,ino");
    return new FileId((long) found.get("dev"), (long) found.get("ino"));
  }

  /**
   * Follows no link.
   *
   * @throws NoSocketException when something else is there
   */
  static SocketFile socket(Path path) throws IOException {
    Map<String, Object> found =
        Files.readAttributes(path, "unix:mode,dev,ino,ctime", LinkOption.NOFOLLOW_LINKS);
    if (((int) found.get("mode") & TYPE_MASK) != SOCKET) {
      throw new NoSocketException();
    }
    return new SocketFile((long) found.get("dev"), (long) found.get("ino"), found.get("ctime"));
  }

  static Path exe(long pid) {
    return proc(pid, "exe");
  }

  static String cgroup(long pid) throws IOException {
    return Files.readString(proc(pid, "cgroup"));
  }

  static ProcessId process(long pid) throws IOException {
    String stat = Files.readString(proc(pid, "stat"), StandardCharsets.ISO_8859_1);
    // The name in parentheses may itself hold spaces and parentheses; what follows cannot.
    String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
    return new ProcessId(pid, Long.parseLong(fields[1]), Long.parseLong(fields[19]));
  }

  private static Path proc(long pid, String name) {
    return Path.of("/proc", Long.toString(pid), name);
  }

  /** Where a socket should be, there is something else. */
  static final class NoSocketException extends IOException {
    private static final long serialVersionUID = 1L;
  }
}
