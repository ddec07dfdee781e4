package dev.warren.process;

import dev.warren.SandboxException;
import dev.warren.SandboxException.Code;
import dev.warren.StateDirectory;
import dev.warren.internal.disk.FileTrees;
import java.io.IOException;
import java.io.Reader;
import java.io.Writer;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import java.util.UUID;
import java.util.regex.Pattern;

/**
 * The directories of the containers. A container appears and disappears with one rename, so that
 * whatever a crash interrupts, a container is there whole or not at all. Thread-safe.
 */
final class ContainerStore {
  private static final String RECORD = "container.properties";
  private static final Pattern ID = Pattern.compile("[A-Za-z0-9]+(?:[._-][A-Za-z0-9]+)*");

  private final StateDirectory state;

  ContainerStore(StateDirectory state) {
    this.state = state;
  }

  ContainerRecord create(ContainerRecord record) {
    try {
      Path staged = unfinished().resolve(record.id() + "." + UUID.randomUUID());
      Files.createDirectories(staged.resolve("data"));
      try (Writer writer = Files.newBufferedWriter(staged.resolve(RECORD))) {
        record.toProperties().store(writer, null);
      }
      try {
        state.directory(ProcessRuntime.NAME, "containers");
        Files.move(staged, directory(record.id()), StandardCopyOption.ATOMIC_MOVE);
      } catch (FileSystemException e) {
        FileTrees.delete(staged);
        if (!Files.exists(directory(record.id()))) {
          throw e;
        }
        throw error(Code.ALREADY_EXISTS, "create container", record.id(), e)
            .detail("there is a container of this name")
            .build();
      }
      return record;
    } catch (IOException e) {
      throw failed("create container", record.id(), e);
    }
  }

  Optional<ContainerRecord> find(String id) {
    if (!ID.matcher(id).matches()) {
      return Optional.empty();
    }
    Properties properties = new Properties();
    try (Reader reader = Files.newBufferedReader(directory(id).resolve(RECORD))) {
      properties.load(reader);
    } catch (NoSuchFileException e) {
      return Optional.empty();
    } catch (IOException e) {
      throw failed("read container", id, e);
    }
    return Optional.of(ContainerRecord.from(properties));
  }

  ContainerRecord require(String operation, String id) {
    return find(id)
        .orElseThrow(
            () ->
                SandboxException.of(Code.NOT_FOUND, operation, id)
                    .backend(ProcessRuntime.NAME)
                    .detail("there is no such container")
                    .build());
  }

  List<String> ids() {
    List<String> ids = new ArrayList<>();
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(containers())) {
      for (Path entry : entries) {
        ids.add(entry.getFileName().toString());
      }
    } catch (NoSuchFileException e) {
      return List.of();
    } catch (IOException e) {
      throw failed("list containers", "", e);
    }
    ids.sort(null);
    return ids;
  }

  /** Takes the container away with one step, then its files; a crash in between is made up for. */
  boolean delete(String id) {
    try {
      Path gone = unfinished().resolve(id + "." + UUID.randomUUID());
      boolean existed = ID.matcher(id).matches() && Files.exists(directory(id));
      if (existed) {
        Files.move(directory(id), gone, StandardCopyOption.ATOMIC_MOVE);
      }
      try (DirectoryStream<Path> leftovers = Files.newDirectoryStream(unfinished(), id + ".*")) {
        for (Path leftover : leftovers) {
          FileTrees.delete(leftover);
        }
      }
      return existed;
    } catch (NoSuchFileException e) {
      return false; // another JVM was faster
    } catch (IOException e) {
      throw failed("delete container", id, e);
    }
  }

  Path directory(String id) {
    return containers().resolve(id);
  }

  Path data(String id) {
    return directory(id).resolve("data");
  }

  Path log(String id) {
    return directory(id).resolve("log");
  }

  /** Written by the bridge's init: pid and start time, and in the end the exit code. */
  Path taskState(String id) {
    return directory(id).resolve("task");
  }

  /** Looking does not make it. */
  private Path containers() {
    return state.path().resolve(ProcessRuntime.NAME).resolve("containers");
  }

  private Path unfinished() {
    return state.directory(ProcessRuntime.NAME, "unfinished");
  }

  static SandboxException failed(String operation, String id, IOException cause) {
    return error(Code.INTERNAL, operation, id, cause)
        .detail("a file of the state directory could not be read or written")
        .remedy("check its rights and the free space of its disk")
        .build();
  }

  private static SandboxException.Builder error(
      Code code, String operation, String id, Throwable cause) {
    return SandboxException.of(code, operation, id).backend(ProcessRuntime.NAME).cause(cause);
  }
}
