package dev.warren.testkit.internal.fake;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.Arrays;
import java.util.zip.GZIPInputStream;

/** Unpacks what {@link TarWriter} and the usual tar programs write. Not thread-safe. */
public final class TarReader {
  private final InputStream in;
  private long entries;
  private long contentBytes;

  /** The archive may be compressed with gzip. */
  public TarReader(InputStream archive) throws IOException {
    BufferedInputStream buffered = new BufferedInputStream(archive);
    buffered.mark(2);
    byte[] magic = buffered.readNBytes(2);
    buffered.reset();
    boolean gzip = magic.length == 2 && magic[0] == 0x1F && (magic[1] & 0xFF) == 0x8B;
    this.in = gzip ? new GZIPInputStream(buffered) : buffered;
  }

  public long entries() {
    return entries;
  }

  public long contentBytes() {
    return contentBytes;
  }

  /** The archive is no tar, or would write outside its directory. */
  public static final class BadArchive extends IOException {
    private static final long serialVersionUID = 1L;

    BadArchive(String message) {
      super(message);
    }
  }

  /** Unpacks all entries into a directory. */
  public void unpack(Path target) throws IOException {
    String longName = "";
    String longLink = "";
    while (true) {
      byte[] header = in.readNBytes(TarWriter.BLOCK);
      if (header.length < TarWriter.BLOCK) {
        throw new BadArchive("it ends before its end mark");
      }
      if (TarWriter.sum(header) == 0) {
        in.skipNBytes(in.available()); // what pads the archive
        return;
      }
      check(header);
      byte[] content = content(octal(header, 124, 12));
      switch (header[156]) {
        case 'L' -> longName = text(content, 0, content.length);
        case 'K' -> longLink = text(content, 0, content.length);
        default -> {
          String name = longName.isEmpty() ? text(header, 0, 100) : longName;
          String link = longLink.isEmpty() ? text(header, 157, 100) : longLink;
          entry(target, name, link, header, content);
          longName = "";
          longLink = "";
        }
      }
    }
  }

  private void entry(Path target, String name, String link, byte[] header, byte[] content)
      throws IOException {
    Path path = place(target, name);
    switch (header[156]) {
      case '5' -> Files.createDirectories(path);
      case '2' -> {
        Files.deleteIfExists(path);
        Files.createSymbolicLink(path, Path.of(link));
      }
      case '0', 0 -> {
        Files.deleteIfExists(path);
        Files.write(path, content);
        contentBytes += content.length;
      }
      default -> throw new BadArchive("'" + name + "' is of a kind that the fake cannot unpack");
    }
    entries++;
    if (header[156] != '2') {
      Files.setAttribute(path, "unix:mode", (int) octal(header, 100, 8) & 07777);
      Files.setLastModifiedTime(path, FileTime.fromMillis(octal(header, 136, 12) * 1000));
    }
  }

  private static Path place(Path target, String name) throws IOException {
    Path path = target.resolve(name).normalize();
    if (name.startsWith("/") || !path.startsWith(target)) {
      throw new BadArchive("'" + name + "' lies outside");
    }
    for (Path at = path.getParent(); at != null && at.startsWith(target); at = at.getParent()) {
      if (Files.isSymbolicLink(at)) {
        throw new BadArchive("'" + name + "' lies behind a link");
      }
    }
    if (!path.equals(target) && !Files.exists(path.getParent(), LinkOption.NOFOLLOW_LINKS)) {
      Files.createDirectories(path.getParent());
    }
    return path;
  }

  private byte[] content(long size) throws IOException {
    byte[] content = in.readNBytes(Math.toIntExact(size));
    in.skipNBytes((TarWriter.BLOCK - size % TarWriter.BLOCK) % TarWriter.BLOCK);
    if (content.length < size) {
      throw new BadArchive("it ends within a file");
    }
    return content;
  }

  private static void check(byte[] header) throws BadArchive {
    byte[] blank = header.clone();
    Arrays.fill(blank, 148, 156, (byte) ' ');
    if (octal(header, 148, 8) != TarWriter.sum(blank)) {
      throw new BadArchive("a header's check sum is wrong");
    }
  }

  private static long octal(byte[] header, int from, int length) throws BadArchive {
    String digits = text(header, from, length).strip();
    try {
      return digits.isEmpty() ? 0 : Long.parseLong(digits, 8);
    } catch (NumberFormatException e) {
      throw new BadArchive("a header is malformed");
    }
  }

  private static String text(byte[] bytes, int from, int length) {
    int end = from;
    while (end < from + length && bytes[end] != 0) {
      end++;
    }
    return new String(bytes, from, end - from, StandardCharsets.UTF_8);
  }
}
