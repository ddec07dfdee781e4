package dev.warren.containerd.internal.task;

import dev.warren.SandboxException;
import dev.warren.SandboxException.Code;
import dev.warren.containerd.internal.client.ContainerdErrors;
import dev.warren.containerd.internal.files.ContainerFiles;
import dev.warren.containerd.internal.files.ExactStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The output of tasks. The shim appends to one file for each start, and nobody but us bounds it: a
 * log of more than {@value #LIMIT} bytes has its last half moved aside and starts again, so there
 * are at most that and a half on the disk, plus what comes within the seconds between two looks.
 */
public final class TaskLogs {
  private static final Logger log = LoggerFactory.getLogger(TaskLogs.class);
  private static final long LIMIT = 8L << 20;
  private static final String PREFIX = "task.";
  private static final String SUFFIX = ".log";
  private static final String OLDER = ".older";

  private final ContainerFiles files;

  public TaskLogs(ContainerFiles files) {
    this.files = files;
  }

  /** An empty log for the next start, beside the last one. */
  Path create(String id) {
    Path directory = files.directory(id);
    long next = latest(directory).map(TaskLogs::number).orElse(0L) + 1;
    Path file = directory.resolve(PREFIX + next + SUFFIX);
    try {
      Files.createFile(
          file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
      return file;
    } catch (IOException e) {
      throw SandboxException.of(Code.RESOURCE_EXHAUSTED, "start", id)
          .backend(ContainerdErrors.BACKEND)
          .detail("its log cannot be made in the state directory")
          .cause(e)
          .build();
    }
  }

  /** Forgets the log of a start that failed. */
  void drop(Path file) {
    try {
      Files.deleteIfExists(file);
    } catch (IOException e) {
      log.debug("a log cannot be removed", e);
    }
  }

  /** Forgets all but the log of the start that worked. */
  void keepOnly(Path file) {
    for (Path other : list(file.resolveSibling("."))) {
      if (!other.equals(file)) {
        drop(other);
        drop(older(other));
      }
    }
  }

  /**
   * What is there now.
   *
   * @throws SandboxException {@code NOT_FOUND} when there is no log
   */
  InputStream read(String id) {
    Path file =
        latest(files.path(id, "."))
            .orElseThrow(
                () ->
                    SandboxException.of(Code.NOT_FOUND, "read output of", id)
                        .backend(ContainerdErrors.BACKEND)
                        .detail("it never ran")
                        .build());
    try {
      List<InputStream> parts = new ArrayList<>();
      if (Files.exists(older(file))) {
        parts.add(open(older(file)));
      }
      parts.add(open(file));
      return new SequenceInputStream(Collections.enumeration(parts));
    } catch (IOException e) {
      throw SandboxException.of(Code.INTERNAL, "read output of", id)
          .backend(ContainerdErrors.BACKEND)
          .detail("its log cannot be read")
          .cause(e)
          .build();
    }
  }

  private static InputStream open(Path file) throws IOException {
    return new ExactStream(Files.newInputStream(file), Files.size(file));
  }

  /** Bounds all logs. */
  public void trim() {
    for (String id : files.ids()) {
      latest(files.path(id, ".")).ifPresent(TaskLogs::trim);
    }
  }

  /** What is written between the copy and the cut is lost; the shim knows no better way. */
  private static void trim(Path file) {
    try (FileChannel channel =
        FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
      long size = channel.size();
      if (size <= LIMIT) {
        return;
      }
      Path temporary = file.resolveSibling(file.getFileName() + ".new");
      try (FileChannel target =
          FileChannel.open(
              temporary,
              StandardOpenOption.CREATE,
              StandardOpenOption.WRITE,
              StandardOpenOption.TRUNCATE_EXISTING)) {
        channel.transferTo(size - LIMIT / 2, LIMIT / 2, target);
      }
      Files.move(temporary, older(file), StandardCopyOption.ATOMIC_MOVE);
      channel.truncate(0);
    } catch (IOException e) {
      log.debug("a log cannot be trimmed", e);
    }
  }

  private static Path older(Path file) {
    return file.resolveSibling(file.getFileName() + OLDER);
  }

  private static Optional<Path> latest(Path directory) {
    return list(directory).stream().max(Comparator.comparing(TaskLogs::number));
  }

  private static List<Path> list(Path directory) {
    try (Stream<Path> entries = Files.list(directory.normalize())) {
      return entries.filter(entry -> number(entry) > 0).toList();
    } catch (IOException | UncheckedIOException e) {
      return List.of();
    }
  }

  private static long number(Path file) {
    String name = file.getFileName().toString();
    if (!name.startsWith(PREFIX) || !name.endsWith(SUFFIX)) {
      return 0;
    }
    try {
      return Long.parseLong(name.substring(PREFIX.length(), name.length() - SUFFIX.length()));
    } catch (NumberFormatException e) {
      return 0;
    }
  }
}
