package dev.warren.internal.manager;

import dev.warren.Backup;
import dev.warren.BotId;
import dev.warren.ImportOptions;
import dev.warren.SandboxException;
import dev.warren.SandboxException.Code;
import dev.warren.SandboxFiles;
import dev.warren.StateDirectory;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.UUID;

/**
 * Archives of bots' data (0600) in the state directory. A backup appears complete or not at all,
 * and none is ever overwritten. Thread-safe.
 */
public final class Backups {
  private static final String SUFFIX = ".tar.zst";
  private static final String UNFINISHED = ".part";
  private static final String BACKUPS = "backups";
  private static final String DATA = "";

  private final StateDirectory state;

  public Backups(StateDirectory state) {
    this.state = state;
  }

  Backup preserve(BotId bot, SandboxFiles files) {
    Instant now = Instant.now();
    Path directory = state.directory(BACKUPS, bot.value());
    Path target = directory.resolve(now.toEpochMilli() + "-" + UUID.randomUUID() + SUFFIX);
    Path staged = target.resolveSibling(target.getFileName() + UNFINISHED);
    try {
      removeUnfinished(directory);
      try {
        write(files, staged);
        Files.move(staged, target, StandardCopyOption.ATOMIC_MOVE);
        sync(directory);
      } finally {
        Files.deleteIfExists(staged);
      }
      return backup(bot, target);
    } catch (IOException e) {
      throw failed("preserve data of", bot, e);
    }
  }

  public List<Backup> list(BotId bot) {
    List<Backup> backups = new ArrayList<>();
    try (DirectoryStream<Path> files = Files.newDirectoryStream(directory(bot), "*" + SUFFIX)) {
      for (Path file : files) {
        backups.add(backup(bot, file));
      }
    } catch (NoSuchFileException e) {
      return List.of();
    } catch (IOException e) {
      throw failed("list backups of", bot, e);
    }
    backups.sort(Comparator.comparing(Backup::created).thenComparing(Backup::name));
    return backups;
  }

  void restore(Backup backup, SandboxFiles files) {
    try (InputStream archive = Files.newInputStream(path("restore data of", backup))) {
      files.importTar(DATA, archive, ImportOptions.replacing());
    } catch (IOException e) {
      throw failed("restore data of", backup.bot(), e);
    }
  }

  void delete(Backup backup) {
    try {
      Files.deleteIfExists(path("delete backup of", backup));
      Files.deleteIfExists(directory(backup.bot()));
    } catch (DirectoryNotEmptyException e) {
      // There are others.
    } catch (IOException e) {
      throw failed("delete backup of", backup.bot(), e);
    }
  }

  /** Whoever wrote them is gone, since only one at a time has the lock of the bot. */
  private static void removeUnfinished(Path directory) throws IOException {
    try (DirectoryStream<Path> files = Files.newDirectoryStream(directory, "*" + UNFINISHED)) {
      for (Path file : files) {
        Files.deleteIfExists(file);
      }
    }
  }

  private static void write(SandboxFiles files, Path staged) throws IOException {
    try (FileChannel channel =
            FileChannel.open(
                staged,
                EnumSet.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
                PosixFilePermissions.asFileAttribute(
                    PosixFilePermissions.fromString("rw-------")));
        OutputStream out = new BufferedOutputStream(Channels.newOutputStream(channel), 1 << 16);
        InputStream archive = files.exportTar(DATA, SandboxFiles.Compression.ZSTD)) {
      archive.transferTo(out);
      out.flush();
      channel.force(true);
    }
  }

  private static void sync(Path directory) throws IOException {
    try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }

  private static Backup backup(BotId bot, Path file) throws IOException {
    String name = file.getFileName().toString();
    long millis = Long.parseLong(name.substring(0, name.indexOf('-')));
    return new Backup(bot, name, Instant.ofEpochMilli(millis), Files.size(file));
  }

  /** Only names that a listing shows: a backup object may have been made by hand. */
  private Path path(String operation, Backup backup) {
    Path file = directory(backup.bot()).resolve(backup.name());
    if (list(backup.bot()).stream().noneMatch(known -> known.name().equals(backup.name()))) {
      throw SandboxException.of(Code.NOT_FOUND, operation, backup.bot().value())
          .detail("there is no such backup")
          .build();
    }
    return file;
  }

  private Path directory(BotId bot) {
    return state.path().resolve(BACKUPS).resolve(bot.value());
  }

  private static SandboxException failed(String operation, BotId bot, IOException cause) {
    if (cause.getCause() instanceof SandboxException known) {
      return known;
    }
    return SandboxException.of(Code.INTERNAL, operation, bot.value())
        .detail("the backup file could not be read or written")
        .remedy("check the rights and the free space of the state directory")
        .cause(cause)
        .build();
  }
}
