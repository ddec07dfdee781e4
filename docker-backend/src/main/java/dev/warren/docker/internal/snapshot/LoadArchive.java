package dev.warren.docker.internal.snapshot;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarConstants;
import org.apache.commons.compress.archivers.zip.ZipEncodingHelper;

/** Writes the archive of an image: documents in memory, and at most one layer. */
final class LoadArchive {
  private static final int BLOCK = 512;

  private final ByteArrayOutputStream before = new ByteArrayOutputStream();
  private final ByteArrayOutputStream after = new ByteArrayOutputStream();
  private InputStream content = InputStream.nullInputStream();
  private ByteArrayOutputStream current = before;

  LoadArchive document(String name, byte[] bytes) {
    current.writeBytes(header(name, bytes.length));
    current.writeBytes(bytes);
    current.writeBytes(padding(bytes.length));
    return this;
  }

  /** The layer, where there is one; at most once. */
  LoadArchive layer(String name, Optional<LayerFile> layer) throws IOException {
    if (layer.isPresent()) {
      long size = layer.get().size();
      before.writeBytes(header(name, size));
      content = layer.get().read(0, size);
      current = after;
      after.writeBytes(padding(size));
    }
    return this;
  }

  InputStream open() {
    current.writeBytes(new byte[2 * BLOCK]);
    return new SequenceInputStream(
        Collections.enumeration(
            List.of(
                new ByteArrayInputStream(before.toByteArray()),
                content,
                new ByteArrayInputStream(after.toByteArray()))));
  }

  /** How content is named everywhere. */
  static String digest(byte[] bytes) {
    try {
      return "sha256:"
          + HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }

  static byte[] bytes(Object document) {
    return document.toString().getBytes(StandardCharsets.UTF_8);
  }

  private static byte[] header(String name, long size) {
    TarArchiveEntry entry = new TarArchiveEntry(name, TarConstants.LF_NORMAL);
    entry.setSize(size);
    byte[] header = new byte[BLOCK];
    // The binary form of numbers, for layers of more than 8 GiB.
    try {
      entry.writeEntryHeader(header, ZipEncodingHelper.getZipEncoding("UTF-8"), true);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return header;
  }

  private static byte[] padding(long size) {
    return new byte[(int) ((BLOCK - size % BLOCK) % BLOCK)];
  }
}
