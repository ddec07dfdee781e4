package dev.warren.docker.internal.snapshot;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Set;
import java.util.UUID;
import java.util.function.Consumer;

/**
 * A layer on this host's disk, in a file that has no name any more once it is open: it ends with
 * this process whatever happens. Written once, then read by one thread at a time.
 */
final class LayerFile implements AutoCloseable {
  private static final int PIECE = 128 * 1024;

  private final FileChannel file;
  private final String digest;
  private final long size;

  private LayerFile(FileChannel file, String digest, long size) {
    this.file = file;
    this.digest = digest;
    this.size = size;
  }

  /**
   * Copies a stream to its end.
   *
   * @param check sees each piece, and an empty one at the end; may throw
   */
  static LayerFile of(Path directory, InputStream in, Consumer<byte[]> check) throws IOException {
    FileChannel file =
        FileChannel.open(
            directory.resolve("layer-" + UUID.randomUUID()),
            Set.of(
                StandardOpenOption.CREATE_NEW,
                StandardOpenOption.READ,
                StandardOpenOption.WRITE,
                StandardOpenOption.DELETE_ON_CLOSE),
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      byte[] piece = new byte[PIECE];
      for (int count = in.read(piece); count >= 0; count = in.read(piece)) {
        if (count == 0) {
          continue;
        }
        check.accept(count == piece.length ? piece : Arrays.copyOf(piece, count));
        digest.update(piece, 0, count);
        ByteBuffer bytes = ByteBuffer.wrap(piece, 0, count);
        while (bytes.hasRemaining()) {
          file.write(bytes);
        }
      }
      check.accept(new byte[0]);
      long size = file.position();
      file.position(0);
      return new LayerFile(file, "sha256:" + HexFormat.of().formatHex(digest.digest()), size);
    } catch (IOException | RuntimeException e) {
      file.close();
      throw e;
    } catch (NoSuchAlgorithmException e) {
      file.close();
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }

  /** {@code sha256:…} of its bytes. */
  String digest() {
    return digest;
  }

  long size() {
    return size;
  }

  /** For random access; not to be closed. */
  SeekableByteChannel channel() {
    return file;
  }

  /** A part of it, from the first byte to the one before the second; its close does nothing. */
  InputStream read(long from, long to) {
    return new InputStream() {
      private long at = from;

      @Override
      public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
      }

      @Override
      public int read(byte[] target, int offset, int length) throws IOException {
        if (length == 0) {
          return 0;
        }
        if (at >= to) {
          return -1;
        }
        int wanted = (int) Math.min(length, to - at);
        int count = file.read(ByteBuffer.wrap(target, offset, wanted), at);
        at += Math.max(count, 0);
        return count;
      }
    };
  }

  @Override
  public void close() throws IOException {
    file.close();
  }
}
