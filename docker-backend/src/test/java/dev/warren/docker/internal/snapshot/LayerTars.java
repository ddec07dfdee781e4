package dev.warren.docker.internal.snapshot;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.commons.compress.archivers.tar.TarConstants;

/** Layers for tests, written as lists of names and contents. */
final class LayerTars {
  private LayerTars() {}

  /**
   * A tar of files: name and content in turn. A name that ends with a slash is a directory, content
   * that begins with {@code ->} makes a hard link.
   */
  static byte[] of(String... namesAndContents) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (TarArchiveOutputStream tar = new TarArchiveOutputStream(bytes)) {
      tar.setLongFileMode(TarArchiveOutputStream.LONGFILE_POSIX);
      for (int i = 0; i < namesAndContents.length; i += 2) {
        String content = namesAndContents[i + 1];
        boolean link = content.startsWith("->");
        TarArchiveEntry entry =
            link
                ? new TarArchiveEntry(namesAndContents[i], TarConstants.LF_LINK)
                : new TarArchiveEntry(namesAndContents[i], true);
        byte[] data = link ? new byte[0] : content.getBytes(StandardCharsets.UTF_8);
        if (link) {
          entry.setLinkName(content.substring(2));
        }
        entry.setSize(data.length);
        tar.putArchiveEntry(entry);
        tar.write(data);
        tar.closeArchiveEntry();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }

  /** The entries as {@code name=content}, directories with their slash, links with an arrow. */
  static List<String> entries(InputStream tar) throws IOException {
    List<String> entries = new ArrayList<>();
    TarArchiveInputStream in = new TarArchiveInputStream(tar);
    for (TarArchiveEntry entry = in.getNextEntry(); entry != null; entry = in.getNextEntry()) {
      String content =
          entry.isLink()
              ? "->" + entry.getLinkName()
              : new String(in.readAllBytes(), StandardCharsets.UTF_8);
      entries.add(content.isEmpty() ? entry.getName() : entry.getName() + "=" + content);
    }
    return entries;
  }

  static InputStream stream(byte[] tar) {
    return new ByteArrayInputStream(tar);
  }
}
