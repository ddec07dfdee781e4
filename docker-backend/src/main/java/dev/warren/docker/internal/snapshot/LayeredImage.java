package dev.warren.docker.internal.snapshot;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarConstants;
import org.apache.commons.compress.archivers.zip.ZipEncodingHelper;

/**
 * An image out of layers, in the form in which the engine loads one. Layers that the engine has are
 * named only; a new one is sent along. The configuration is that of another image, so that neither
 * the environment nor the labels of a container get into what is made from it.
 */
final class LayeredImage {
  private static final ObjectMapper MAPPER = new ObjectMapper();
  private static final int BLOCK = 512;

  private final byte[] config;
  private final byte[] manifest;
  private final Optional<Spool> layer;
  private final String file;

  /**
   * Puts the documents together.
   *
   * @param like gives the configuration and the platform, as the engine describes an image
   * @param layers the digests of all layers, uncompressed, lowest first
   * @param labels all that it has
   * @param name empty for an image without one
   * @param layer the last one, where the engine does not have it
   */
  LayeredImage(
      JsonNode like,
      List<String> layers,
      Map<String, String> labels,
      Instant created,
      Optional<String> name,
      Optional<Spool> layer) {
    this.layer = layer;
    ObjectNode root = MAPPER.createObjectNode();
    root.put("architecture", like.path("Architecture").asText());
    root.put("os", like.path("Os").asText("linux"));
    if (!like.path("Variant").asText().isEmpty()) {
      root.put("variant", like.path("Variant").asText());
    }
    root.put("created", created.toString());
    ObjectNode own = root.putObject("config");
    like.path("Config").properties().forEach(field -> own.set(field.getKey(), field.getValue()));
    ObjectNode marks = own.putObject("Labels");
    labels.forEach(marks::put);
    ObjectNode rootfs = root.putObject("rootfs").put("type", "layers");
    layers.forEach(rootfs.putArray("diff_ids")::add);
    // The engine tells the size of a layer in the history, so each layer needs its entry.
    var history = root.putArray("history");
    layers.forEach(each -> history.addObject().put("created", created.toString()));
    this.config = root.toString().getBytes(StandardCharsets.UTF_8);

    ObjectNode entry = MAPPER.createObjectNode().put("Config", "config.json");
    name.ifPresent(entry.putArray("RepoTags")::add);
    var files = entry.putArray("Layers");
    for (int i = 1; i <= layers.size(); i++) {
      files.add(i + ".tar");
    }
    this.manifest = ("[" + entry + "]").getBytes(StandardCharsets.UTF_8);
    this.file = layers.size() + ".tar";
  }

  /** What the engine will call it. */
  String id() {
    try {
      byte[] digest = MessageDigest.getInstance("SHA-256").digest(config);
      return "sha256:" + HexFormat.of().formatHex(digest);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }

  /** The archive for the engine. */
  InputStream archive() throws IOException {
    ByteArrayOutputStream before = new ByteArrayOutputStream();
    ByteArrayOutputStream after = new ByteArrayOutputStream();
    put(before, "config.json", config);
    InputStream content = InputStream.nullInputStream();
    if (layer.isPresent()) {
      long size = layer.get().size();
      before.writeBytes(header(file, size));
      content = layer.get().read(0, size);
      after.writeBytes(padding(size));
    }
    put(after, "manifest.json", manifest);
    after.writeBytes(new byte[2 * BLOCK]);
    return new SequenceInputStream(
        Collections.enumeration(
            List.of(
                new ByteArrayInputStream(before.toByteArray()),
                content,
                new ByteArrayInputStream(after.toByteArray()))));
  }

  private static void put(ByteArrayOutputStream out, String name, byte[] bytes) throws IOException {
    out.writeBytes(header(name, bytes.length));
    out.writeBytes(bytes);
    out.writeBytes(padding(bytes.length));
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
