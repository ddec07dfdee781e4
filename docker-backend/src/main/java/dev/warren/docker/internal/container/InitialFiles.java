package dev.warren.docker.internal.container;

import com.github.dockerjava.transport.DockerHttpClient.Response;
import dev.warren.SandboxException;
import dev.warren.SandboxException.Code;
import dev.warren.StateDirectory;
import dev.warren.docker.internal.client.DockerEngine;
import dev.warren.docker.internal.client.DockerErrors;
import dev.warren.spi.ContainerSpec;
import dev.warren.spi.ContainerSpec.InitialFile;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.commons.compress.archivers.tar.TarConstants;

/**
 * Copies files of this host into a container that has never started: only then is there nobody in
 * it who could lead the engine astray. The archive is not compressed, because some engines run the
 * decompressor that they find in the container.
 */
final class InitialFiles {
  private static final String OPERATION = "copy files into";
  private static final Duration TIMEOUT = Duration.ofMinutes(10);
  private static final int DIRECTORY = 0755;

  private final DockerEngine engine;
  private final StateDirectory state;

  InitialFiles(DockerEngine engine, StateDirectory state) {
    this.engine = engine;
    this.state = state;
  }

  /**
   * Checks paths and sources before anything is made.
   *
   * @throws SandboxException {@code INVALID_ARGUMENT}, {@code NOT_FOUND}
   */
  static void check(ContainerSpec spec) {
    for (InitialFile file : spec.files()) {
      Path path = Path.of(file.path());
      if (!path.isAbsolute() || !path.normalize().equals(path) || path.getNameCount() == 0) {
        throw SandboxException.invalid(
            "check container", spec.id(), "the path of an initial file is not absolute");
      }
      if (!Files.isRegularFile(file.source())) {
        throw DockerErrors.error(Code.NOT_FOUND, "check container", spec.id())
            .detail("the source of its initial file " + file.path() + " is no file")
            .build();
      }
    }
  }

  /** Copies them, as root's, with the directories that are missing. */
  void copy(ContainerSpec spec, String engineId) {
    Set<String> missing = new LinkedHashSet<>();
    for (InitialFile file : spec.files()) {
      for (Path up : parents(Path.of(file.path()))) {
        if (!missing.contains(up.toString()) && !exists(spec.id(), engineId, up)) {
          missing.add(up.toString());
        }
      }
    }
    Path archive = null;
    try {
      archive = Files.createTempFile(state.directory("docker"), "files-", ".tar");
      try (OutputStream out = Files.newOutputStream(archive)) {
        write(spec.files(), missing, out);
      }
      send(spec.id(), engineId, archive);
    } catch (IOException e) {
      throw DockerErrors.error(Code.RESOURCE_EXHAUSTED, OPERATION, spec.id())
          .detail("the archive cannot be written to the state directory")
          .cause(e)
          .build();
    } finally {
      discard(archive);
    }
  }

  /** From the top. */
  private static List<Path> parents(Path file) {
    List<Path> parents = new java.util.ArrayList<>();
    for (Path up = file.getParent(); up != null && up.getNameCount() > 0; up = up.getParent()) {
      parents.add(0, up);
    }
    return parents;
  }

  private boolean exists(String id, String engineId, Path directory) {
    String path =
        "/containers/"
            + engineId
            + "/archive?path="
            + URLEncoder.encode(directory.toString(), StandardCharsets.UTF_8);
    try (Response answer = engine.head(OPERATION, id, path)) {
      return true;
    } catch (SandboxException e) {
      if (e.code() == Code.NOT_FOUND) {
        return false;
      }
      throw e;
    }
  }

  private static void write(List<InitialFile> files, Set<String> directories, OutputStream out)
      throws IOException {
    try (TarArchiveOutputStream tar = new TarArchiveOutputStream(out, "UTF-8")) {
      tar.setLongFileMode(TarArchiveOutputStream.LONGFILE_POSIX);
      tar.setBigNumberMode(TarArchiveOutputStream.BIGNUMBER_POSIX);
      for (String directory : directories) {
        TarArchiveEntry entry = new TarArchiveEntry(directory.substring(1) + "/");
        entry.setMode(DIRECTORY);
        tar.putArchiveEntry(entry);
        tar.closeArchiveEntry();
      }
      for (InitialFile file : files) {
        TarArchiveEntry entry =
            new TarArchiveEntry(file.path().substring(1), TarConstants.LF_NORMAL);
        entry.setMode(file.mode());
        entry.setSize(Files.size(file.source()));
        tar.putArchiveEntry(entry);
        Files.copy(file.source(), tar);
        tar.closeArchiveEntry();
      }
    }
  }

  private void send(String id, String engineId, Path archive) {
    engine.call(
        OPERATION,
        id,
        TIMEOUT,
        () -> {
          try (InputStream tar = Files.newInputStream(archive)) {
            engine
                .api()
                .copyArchiveToContainerCmd(engineId)
                .withRemotePath("/")
                .withTarInputStream(tar)
                .exec();
          }
          return true;
        });
  }

  private static void discard(@org.jspecify.annotations.Nullable Path archive) {
    try {
      if (archive != null) {
        Files.deleteIfExists(archive);
      }
    } catch (IOException e) {
      org.slf4j.LoggerFactory.getLogger(InitialFiles.class)
          .warn("an archive stays in the state directory", e);
    }
  }
}
