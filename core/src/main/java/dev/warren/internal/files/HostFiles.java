package dev.warren.internal.files;

import dev.warren.SandboxException;
import dev.warren.SandboxException.Code;
import dev.warren.internal.connection.BridgeCalls;
import dev.warren.internal.disk.DurableFiles;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.UUID;
import java.util.function.Supplier;

/**
 * The host's end of an upload or a download. Errors name the path in the sandbox only. Thread-safe.
 */
final class HostFiles {
  private static final int BUFFER = 256 << 10;

  private final BridgeCalls calls;

  HostFiles(BridgeCalls calls) {
    this.calls = calls;
  }

  InputStream open(Path source, String path) {
    try {
      return Files.newInputStream(source);
    } catch (IOException e) {
      throw unreadable(path, e);
    }
  }

  /** Puts the bytes in place of the target once all of them are there and on disk. */
  void replace(Path target, String path, Supplier<? extends InputStream> source) {
    Path absolute = target.toAbsolutePath();
    Path temporary = absolute.resolveSibling(".warren-" + UUID.randomUUID() + ".tmp");
    try (InputStream in = source.get()) {
      try {
        copy(in, temporary);
        DurableFiles.sync(temporary);
        Files.move(temporary, absolute, StandardCopyOption.ATOMIC_MOVE);
        DurableFiles.sync(absolute.getParent());
      } finally {
        Files.deleteIfExists(temporary);
      }
    } catch (IOException e) {
      if (e.getCause() instanceof SandboxException cause) {
        throw cause;
      }
      throw error("download", path, "the file on the host cannot be written", e);
    }
  }

  private static void copy(InputStream in, Path temporary) throws IOException {
    try (OutputStream out = Files.newOutputStream(temporary, StandardOpenOption.CREATE_NEW)) {
      byte[] buffer = new byte[BUFFER];
      for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
        out.write(buffer, 0, count);
      }
    }
  }

  SandboxException unreadable(String path, IOException cause) {
    return error("upload", path, "the file on the host cannot be read", cause);
  }

  private SandboxException error(String operation, String path, String detail, IOException cause) {
    Code code =
        cause instanceof NoSuchFileException
            ? Code.NOT_FOUND
            : cause instanceof AccessDeniedException
                ? Code.PERMISSION_DENIED
                : Code.RESOURCE_EXHAUSTED;
    return SandboxException.of(code, operation, calls.subject(path))
        .detail(detail)
        .cause(cause)
        .build();
  }
}
