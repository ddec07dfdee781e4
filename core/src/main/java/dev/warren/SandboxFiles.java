package dev.warren;

import java.io.InputStream;
import java.nio.file.Path;
import java.util.List;

/**
 * The files of a sandbox.
 *
 * <p>A relative path starts at {@code /data}, an absolute one is taken as it is. Symbolic links are
 * followed; {@link #confinedTo} gives a view that refuses them. Every write is atomic and durable:
 * readers see the old content or the new, and a failed write leaves the old. Bytes are never
 * changed.
 *
 * <p>Codes common to all calls: {@code NOT_FOUND}, {@code PERMISSION_DENIED}, {@code
 * INVALID_ARGUMENT} (also: a directory where a file is needed, {@linkplain
 * SandboxException#reason() reason} {@code IS_DIRECTORY}, and the other way round {@code
 * NOT_DIRECTORY}), {@code RESOURCE_EXHAUSTED} (disk full, reason {@code NO_SPACE}), {@code
 * UNAVAILABLE} when the bridge does not answer, {@code CANCELLED} on interrupt, {@code CLOSED}.
 *
 * <p>Thread-safe.
 */
public interface SandboxFiles {

  /** Most bytes that {@link #readBytes} and {@link #readString} return: 64 MiB. */
  int MAX_READ_BYTES = 64 << 20;

  /**
   * Reads a whole file as UTF-8.
   *
   * @throws SandboxException {@code RESOURCE_EXHAUSTED} over {@link #MAX_READ_BYTES}; {@code
   *     DATA_LOSS} when the content is no valid UTF-8
   */
  String readString(String path);

  /**
   * Reads a whole file.
   *
   * @throws SandboxException {@code RESOURCE_EXHAUSTED} over {@link #MAX_READ_BYTES}
   */
  byte[] readBytes(String path);

  /** Streams a whole file; see {@link #open(String, long, long)}. */
  default InputStream open(String path) {
    return open(path, 0, Long.MAX_VALUE);
  }

  /**
   * Streams a part of a file as it was when it was opened. A missing file is reported here, not by
   * the first read. The stream is for one thread; close it to release the call. Its reads throw
   * {@link SandboxException}s wrapped in {@code IOException}.
   */
  InputStream open(String path, long offset, long length);

  /**
   * Reads lines for a model: bounded, with long lines cut between characters, and nothing of a
   * binary file. Programs use {@link #readBytes} or {@link #open(String)}.
   */
  TextPage readLines(String path, LineRange range);

  /** Writes UTF-8, making missing directories. */
  default FileInfo writeString(String path, String content) {
    return writeBytes(path, content.getBytes(java.nio.charset.StandardCharsets.UTF_8));
  }

  /** Writes a file, making missing directories. */
  default FileInfo writeBytes(String path, byte[] content) {
    return writeBytes(path, content, WriteOptions.defaults());
  }

  /**
   * Writes a file.
   *
   * @throws SandboxException {@code CONFLICT} when the expected revision is stale, {@code
   *     ALREADY_EXISTS} when it must not exist
   */
  FileInfo writeBytes(String path, byte[] content, WriteOptions options);

  /**
   * Writes all that the source yields. When the source fails, the file stays as it was and the
   * failure is the cause of the exception. The source is not closed.
   *
   * @throws SandboxException as for {@link #writeBytes(String, byte[], WriteOptions)}; {@code
   *     CANCELLED} when the source failed
   */
  FileInfo write(String path, InputStream source, WriteOptions options);

  /** Copies a file of the host into the sandbox. */
  FileInfo upload(Path source, String path, WriteOptions options);

  /** Copies a file of the sandbox to the host, atomically, replacing what is there. */
  void download(String path, Path target);

  /**
   * Lists a directory, sorted.
   *
   * @throws SandboxException {@code RESOURCE_EXHAUSTED} over 100,000 entries; use {@link #listPage}
   */
  List<FileInfo> list(String path);

  /** One page of a listing. Entries that come and go between pages do not disturb the others. */
  ListPage listPage(ListRequest request);

  /** What is at a path; follows a final link. */
  FileInfo stat(String path);

  /** What is at a path itself, be it a link. */
  FileInfo statLink(String path);

  /** Whether something is there, be it a dangling link. */
  boolean exists(String path);

  /** Makes a directory and its parents; one that exists is no error. */
  void makeDirectories(String path);

  /**
   * Renames, making missing directories of the target.
   *
   * @throws SandboxException {@code ALREADY_EXISTS} when the target is there and {@code replace} is
   *     false
   */
  void rename(String from, String to, boolean replace);

  /**
   * Deletes a file, a link or an empty directory.
   *
   * @return whether there was something
   * @throws SandboxException {@code CONFLICT} (reason {@code NOT_EMPTY})
   */
  boolean delete(String path);

  /** Deletes a directory with all below it, following no link. The root directory is refused. */
  boolean deleteRecursively(String path);

  /**
   * Streams a directory as tar, with links, modes, owners, times and empty directories. The stream
   * ends normally only when the archive is complete, else with {@code DATA_LOSS}.
   */
  InputStream exportTar(String path, Compression compression);

  /**
   * Unpacks a tar, plain or compressed, into a directory. The source is not closed.
   *
   * @throws SandboxException {@code INVALID_ARGUMENT} (reason {@code BAD_ARCHIVE}); {@code
   *     RESOURCE_EXHAUSTED} over the bounds
   */
  ArchiveSummary importTar(String path, InputStream source, ImportOptions options);

  /**
   * A view of one directory for trees that somebody hostile may be changing: paths are relative to
   * it, and a path that meets a symbolic link or leaves the directory is refused with {@code
   * CONFLICT}. {@link #exportTar}, {@link #importTar} and {@link #readLines} are {@code
   * UNSUPPORTED} in it.
   */
  SandboxFiles confinedTo(String directory);

  /** How an archive is compressed. */
  enum Compression {
    NONE,
    GZIP,
    ZSTD
  }
}
