package dev.warren.docker.internal.image;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.zip.GZIPOutputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;

/**
 * An image made on the spot: each layer has one file of random bytes.
 *
 * @param layers the digests of its packed layers
 */
record TestImage(
    String architecture, String document, Map<String, byte[]> blobs, List<String> layers) {

  /** For this machine. */
  static TestImage of(long seed, int... sizes) {
    return of(seed, host(), sizes);
  }

  static TestImage of(long seed, String architecture, int... sizes) {
    Random random = new Random(seed);
    Map<String, byte[]> blobs = new LinkedHashMap<>();
    List<String> layers = new ArrayList<>();
    List<String> diffIds = new ArrayList<>();
    StringBuilder entries = new StringBuilder();
    for (int i = 0; i < sizes.length; i++) {
      byte[] bytes = new byte[sizes[i]];
      random.nextBytes(bytes);
      byte[] tar = tar("file-" + i, bytes);
      byte[] packed = gzip(tar);
      diffIds.add('"' + sha256(tar) + '"');
      layers.add(sha256(packed));
      blobs.put(sha256(packed), packed);
      entries
          .append(i == 0 ? "" : ",")
          .append(descriptor("layer.v1.tar+gzip", sha256(packed), packed.length));
    }
    byte[] config =
        "{\"os\":\"linux\",\"architecture\":\"%s\",\"config\":{\"Env\":[\"SEED=%d\"],\"Labels\":{\"made.by\":\"test\"}},\"rootfs\":{\"type\":\"layers\",\"diff_ids\":%s}}"
            .formatted(architecture, seed, diffIds)
            .getBytes(StandardCharsets.UTF_8);
    blobs.put(sha256(config), config);
    String document =
        "{\"schemaVersion\":2,\"mediaType\":\"application/vnd.oci.image.manifest.v1+json\",\"config\":%s,\"layers\":[%s]}"
            .formatted(descriptor("config.v1+json", sha256(config), config.length), entries);
    return new TestImage(architecture, document, blobs, layers);
  }

  byte[] manifest() {
    return document.getBytes(StandardCharsets.UTF_8);
  }

  String digest() {
    return sha256(manifest());
  }

  static String host() {
    return System.getProperty("os.arch").equals("aarch64") ? "arm64" : "amd64";
  }

  static String foreign() {
    return host().equals("amd64") ? "s390x" : "amd64";
  }

  private static String descriptor(String type, String digest, int size) {
    return "{\"mediaType\":\"application/vnd.oci.image.%s\",\"digest\":\"%s\",\"size\":%d}"
        .formatted(type, digest, size);
  }

  static byte[] tar(String name, byte[] bytes) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (TarArchiveOutputStream tar = new TarArchiveOutputStream(out)) {
      TarArchiveEntry entry = new TarArchiveEntry(name);
      entry.setSize(bytes.length);
      entry.setModTime(0);
      tar.putArchiveEntry(entry);
      tar.write(bytes);
      tar.closeArchiveEntry();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return out.toByteArray();
  }

  static byte[] gzip(byte[] bytes) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(out)) {
      gzip.write(bytes);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return out.toByteArray();
  }

  static String sha256(byte[] bytes) {
    try {
      return "sha256:"
          + HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
