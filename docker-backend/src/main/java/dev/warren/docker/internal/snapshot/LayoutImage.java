package dev.warren.docker.internal.snapshot;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;

/**
 * An image as an OCI layout, for engines with the containerd image store: they know layers by the
 * digest of what they keep, which may be compressed, and name the image by its manifest.
 */
final class LayoutImage implements LoadableImage {
  private static final ObjectMapper MAPPER = new ObjectMapper();
  private static final String OCI = "application/vnd.oci.image.";
  private static final String MANIFEST = OCI + "manifest.v1+json";
  private static final String BLOBS = "blobs/sha256/";

  private final byte[] config;
  private final byte[] manifest;
  private final byte[] index;
  private final Optional<LayerFile> layer;

  /**
   * @param stored the descriptors of the layers that the engine has, lowest first
   * @param layer the one on top of them, where the engine does not have it
   */
  LayoutImage(byte[] config, ArrayNode stored, Optional<String> name, Optional<LayerFile> layer) {
    this.config = config;
    this.layer = layer;
    ObjectNode root = MAPPER.createObjectNode().put("schemaVersion", 2).put("mediaType", MANIFEST);
    root.set("config", descriptor("config.v1+json", LoadArchive.digest(config), config.length));
    ArrayNode layers = root.putArray("layers").addAll(stored);
    layer.ifPresent(added -> layers.add(descriptor("layer.v1.tar", added.digest(), added.size())));
    this.manifest = LoadArchive.bytes(root);
    ObjectNode entry = descriptor("manifest.v1+json", id(), manifest.length);
    name.ifPresent(value -> entry.putObject("annotations").put("io.containerd.image.name", value));
    ObjectNode all = MAPPER.createObjectNode().put("schemaVersion", 2);
    all.put("mediaType", OCI + "index.v1+json").putArray("manifests").add(entry);
    this.index = LoadArchive.bytes(all);
  }

  private static ObjectNode descriptor(String type, String digest, long size) {
    return MAPPER
        .createObjectNode()
        .put("mediaType", OCI + type)
        .put("digest", digest)
        .put("size", size);
  }

  /** Whether an engine's description of an image's parts is one that this can build on. */
  static boolean isManifest(JsonNode document) {
    return document.path("layers").isArray() && document.path("config").has("digest");
  }

  /** The name of content in an archive. */
  static String file(String digest) {
    return BLOBS + digest.substring(digest.indexOf(':') + 1);
  }

  @Override
  public String id() {
    return LoadArchive.digest(manifest);
  }

  @Override
  public InputStream archive() throws IOException {
    LoadArchive archive = new LoadArchive();
    archive.document("oci-layout", LoadArchive.bytes("{\"imageLayoutVersion\":\"1.0.0\"}"));
    if (layer.isPresent()) {
      archive.layer(file(layer.get().digest()), layer);
    }
    return archive
        .document(file(LoadArchive.digest(config)), config)
        .document(file(id()), manifest)
        .document("index.json", index)
        .open();
  }
}
