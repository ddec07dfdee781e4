package dev.warren.doctor.internal;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.zip.GZIPInputStream;

/**
 * All that checks see of the host: files below a root directory, and the output of programs. Tests
 * give it a tree and programs of their own. Nothing here throws or writes. Thread-safe.
 */
final class Host {
  private static final int MOST_BYTES = 8 << 20;
  private static final List<String> PROGRAMS =
      List.of("/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin");

  private final Path root;
  private final Commands commands;

  Host(Path root, Commands commands) {
    this.root = root;
    this.commands = commands;
  }

  /** Where a path of the host is found. */
  Path path(String path) {
    return root.resolve(path.substring(1));
  }

  /** A regular file, up to 8 MiB of it; anything else is hidden, since reading it may block. */
  FileView read(String path) {
    return read(path, false);
  }

  /** A file that was compressed with gzip. */
  FileView readCompressed(String path) {
    return read(path, true);
  }

  private FileView read(String path, boolean compressed) {
    Path file = path(path);
    try {
      if (Files.notExists(file)) {
        return FileView.ABSENT;
      }
      if (!Files.isRegularFile(file)) {
        return FileView.HIDDEN;
      }
      try (InputStream raw = new BufferedInputStream(Files.newInputStream(file));
          InputStream content = compressed ? new GZIPInputStream(raw) : raw) {
        return FileView.of(new String(content.readNBytes(MOST_BYTES), StandardCharsets.UTF_8));
      }
    } catch (NoSuchFileException | NotDirectoryException e) {
      return FileView.ABSENT;
    } catch (IOException | SecurityException e) {
      return FileView.HIDDEN;
    }
  }

  boolean exists(String path) {
    return Files.exists(path(path), LinkOption.NOFOLLOW_LINKS);
  }

  /** The names in a directory, sorted; empty where it cannot be listed. */
  List<String> list(String directory) {
    List<String> names = new ArrayList<>();
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(path(directory))) {
      entries.forEach(entry -> names.add(String.valueOf(entry.getFileName())));
    } catch (IOException | RuntimeException e) {
      return List.of();
    }
    names.sort(null);
    return names;
  }

  /** A program at one of the usual places, as a path of the host. */
  Optional<String> program(String name) {
    return PROGRAMS.stream()
        .map(directory -> directory + "/" + name)
        .filter(path -> Files.isRegularFile(path(path)) && Files.isExecutable(path(path)))
        .findFirst();
  }

  /** What a program prints; empty where it is missing, fails, or takes too long. */
  Optional<String> output(String program, String... arguments) {
    return outputIn(path("/"), program, arguments);
  }

  /** As {@link #output}, run in a directory: so that its path is no argument others can see. */
  Optional<String> outputIn(Path directory, String program, String... arguments) {
    return program(program)
        .flatMap(
            found -> {
              List<String> command = new ArrayList<>(List.of(path(found).toString()));
              command.addAll(List.of(arguments));
              return commands.run(command, directory);
            });
  }
}
