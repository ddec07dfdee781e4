package dev.warren.docker.internal.snapshot;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.InputStream;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * An image out of layers, in the form in which an engine with the classic image store loads one.
 * Layers that the engine has are named only; a new one is sent along. The configuration is that of
 * another image, so that neither the environment nor the labels of a container get into what is
 * made from it.
 */
final class LayeredImage implements LoadableImage {
  private static final ObjectMapper MAPPER = new ObjectMapper();

  private final byte[] config;
  private final byte[] manifest;
  private final Optional<LayerFile> layer;
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
      Optional<LayerFile> layer) {
    this.layer = layer;
    this.config = config(like, layers, labels, created);
    ObjectNode entry = MAPPER.createObjectNode().put("Config", "config.json");
    name.ifPresent(entry.putArray("RepoTags")::add);
    var files = entry.putArray("Layers");
    for (int i = 1; i <= layers.size(); i++) {
      files.add(i + ".tar");
    }
    this.manifest = LoadArchive.bytes("[" + entry + "]");
    this.file = layers.size() + ".tar";
  }

  /** The document that says what containers of the image are like. */
  static byte[] config(
      JsonNode like, List<String> layers, Map<String, String> labels, Instant created) {
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
    return LoadArchive.bytes(root);
  }

  @Override
  public String id() {
    return LoadArchive.digest(config);
  }

  @Override
  public InputStream archive() throws IOException {
    return new LoadArchive()
        .document("config.json", config)
        .layer(file, layer)
        .document("manifest.json", manifest)
        .open();
  }
}
