package dev.warren.testkit.internal.fake;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Arrays;
import java.util.function.Predicate;

/**
 * Writes a directory as tar: files, directories and symbolic links with modes and times; long names
 * in GNU's form. Enough for a fake. Not thread-safe.
 */
public final class TarWriter {
  static final int BLOCK = 512;

  private final OutputStream out;
  private long entries;
  private long contentBytes;

  public TarWriter(OutputStream out) {
    this.out = out;
  }

  public long entries() {
    return entries;
  }

  public long contentBytes() {
    return contentBytes;
  }

  /** Writes all below the directory and the end of the archive. */
  public void write(Path root, Predicate<String> excluded) throws IOException {
    Files.walkFileTree(
        root,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes attributes)
              throws IOException {
            String name = root.relativize(directory).toString();
            if (name.isEmpty()) {
              return FileVisitResult.CONTINUE;
            }
            if (excluded.test(name)) {
              return FileVisitResult.SKIP_SUBTREE;
            }
            entry(name + "/", directory, attributes, '5', "", 0);
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            String name = root.relativize(file).toString();
            if (excluded.test(name)) {
              return FileVisitResult.CONTINUE;
            }
            if (attributes.isSymbolicLink()) {
              entry(name, file, attributes, '2', Files.readSymbolicLink(file).toString(), 0);
            } else if (attributes.isRegularFile()) {
              file(name, file, attributes);
            }
            return FileVisitResult.CONTINUE;
          }
        });
    out.write(new byte[2 * BLOCK]);
    out.flush();
  }

  private void file(String name, Path file, BasicFileAttributes attributes) throws IOException {
    byte[] content = Files.readAllBytes(file);
    entry(name, file, attributes, '0', "", content.length);
    data(content);
    contentBytes += content.length;
  }

  private void entry(
      String name, Path file, BasicFileAttributes attributes, char type, String link, long size)
      throws IOException {
    long seconds = attributes.lastModifiedTime().toMillis() / 1000;
    int mode = type == '2' ? 0777 : (Integer) Files.getAttribute(file, "unix:mode", NO_FOLLOW);
    longName(name, 'L');
    longName(link, 'K');
    header(name, mode & 07777, seconds, type, link, size);
    entries++;
  }

  private static final LinkOption[] NO_FOLLOW = {LinkOption.NOFOLLOW_LINKS};

  private void longName(String text, char type) throws IOException {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    if (bytes.length > 100) {
      header("././@LongLink", 0, 0, type, "", bytes.length + 1L);
      data(Arrays.copyOf(bytes, bytes.length + 1));
    }
  }

  private void header(String name, int mode, long seconds, char type, String link, long size)
      throws IOException {
    byte[] block = new byte[BLOCK];
    put(block, 0, 100, name);
    put(block, 100, 8, String.format("%07o", mode));
    put(block, 108, 8, "0000000");
    put(block, 116, 8, "0000000");
    put(block, 124, 12, String.format("%011o", size));
    put(block, 136, 12, String.format("%011o", Math.max(0, seconds)));
    put(block, 148, 8, "        ");
    block[156] = (byte) type;
    put(block, 157, 100, link);
    put(block, 257, 8, "ustar  ");
    put(block, 148, 8, String.format("%06o\0 ", sum(block)));
    out.write(block);
  }

  static int sum(byte[] block) {
    int sum = 0;
    for (byte b : block) {
      sum += b & 0xFF;
    }
    return sum;
  }

  private void data(byte[] bytes) throws IOException {
    out.write(bytes);
    out.write(new byte[(BLOCK - bytes.length % BLOCK) % BLOCK]);
  }

  private static void put(byte[] block, int at, int length, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    System.arraycopy(bytes, 0, block, at, Math.min(bytes.length, length));
  }
}
