package dev.warren.containerd.internal.manifest;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.warren.SandboxException.Code;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** An index or a manifest. */
public sealed interface ManifestDocument {
  /** The longest document that is read. */
  int MAX_BYTES = 4 << 20;

  /** More layers than any engine can stack. */
  int MAX_LAYERS = 500;

  /** Several images under one name, one per platform. */
  record Index(List<BlobDescriptor> manifests) implements ManifestDocument {

    /**
     * The entry for a platform.
     *
     * @throws MalformedImage {@code NOT_FOUND}, with what there is
     */
    public BlobDescriptor choose(Platform wanted) throws MalformedImage {
      BlobDescriptor best = null;
      int bestFit = Integer.MAX_VALUE;
      for (BlobDescriptor entry : manifests) {
        // Entries without a platform come from tools that write one image per index.
        int fit = entry.platform().map(wanted::fit).orElse(Integer.MAX_VALUE - 1);
        if (fit >= 0 && fit < bestFit && MediaTypes.isManifest(entry.mediaType())) {
          best = entry;
          bestFit = fit;
        }
      }
      if (best == null) {
        String offered =
            manifests.stream()
                .flatMap(entry -> entry.platform().stream())
                .filter(platform -> !platform.os().equals("unknown"))
                .map(Platform::toString)
                .distinct()
                .limit(20)
                .collect(Collectors.joining(", "));
        throw new MalformedImage(
            Code.NOT_FOUND,
            "there is no image for " + wanted + " under this name, only for: " + offered);
      }
      return best;
    }
  }

  /** One image. */
  record Image(BlobDescriptor config, List<BlobDescriptor> layers) implements ManifestDocument {}

  /**
   * Reads a document.
   *
   * @param declared media type that the sender gave, or empty; the document's own word is checked
   *     against it, because a document that can be read two ways has two meanings under one digest
   * @throws MalformedImage {@code UNSUPPORTED} (not an image), {@code DATA_LOSS} (not a document)
   */
  static ManifestDocument parse(byte[] bytes, String declared) throws MalformedImage {
    JsonNode root;
    try {
      root = new ObjectMapper().readTree(bytes);
    } catch (JsonProcessingException e) {
      throw damaged("it is no JSON");
    } catch (IOException e) {
      throw damaged("it cannot be read");
    }
    boolean index = root.has("manifests");
    boolean image = root.has("layers") || root.has("config");
    if (root.has("fsLayers") || root.path("schemaVersion").asInt(2) != 2) {
      throw new MalformedImage(
          Code.UNSUPPORTED, "the image is in Docker's old format (schema 1); push it again");
    }
    if (index == image) {
      throw damaged(index ? "it is an index and a manifest at once" : "it is no image");
    }
    String type = mediaType(root, declared);
    if (index ? !MediaTypes.isIndex(type) : !MediaTypes.isManifest(type)) {
      throw new MalformedImage(Code.UNSUPPORTED, "its media type '" + type + "' is not known");
    }
    return index ? readIndex(root) : readImage(root);
  }

  /** The media type of a document, from itself or else from the sender. */
  static String mediaType(byte[] bytes, String declared) throws MalformedImage {
    try {
      return mediaType(new ObjectMapper().readTree(bytes), declared);
    } catch (IOException e) {
      throw damaged("it is no JSON");
    }
  }

  private static String mediaType(JsonNode root, String declared) {
    String own = root.path("mediaType").asText("");
    if (!own.isEmpty()) {
      return own;
    }
    if (MediaTypes.DOCUMENTS.contains(declared)) {
      return declared;
    }
    return root.has("manifests") ? MediaTypes.OCI_INDEX : MediaTypes.OCI_MANIFEST;
  }

  private static Index readIndex(JsonNode root) throws MalformedImage {
    List<BlobDescriptor> manifests = new ArrayList<>();
    for (JsonNode entry : root.path("manifests")) {
      manifests.add(readDescriptor(entry));
    }
    return new Index(List.copyOf(manifests));
  }

  private static Image readImage(JsonNode root) throws MalformedImage {
    BlobDescriptor config = readDescriptor(root.path("config"));
    if (!MediaTypes.isConfig(config.mediaType())) {
      throw new MalformedImage(
          Code.UNSUPPORTED,
          "it is no container image: its configuration is '" + config.mediaType() + "'");
    }
    List<BlobDescriptor> layers = new ArrayList<>();
    for (JsonNode entry : root.path("layers")) {
      BlobDescriptor layer = readDescriptor(entry);
      if (!MediaTypes.isLayer(layer.mediaType())) {
        throw new MalformedImage(
            Code.UNSUPPORTED, "it has a layer of the unknown kind '" + layer.mediaType() + "'");
      }
      layers.add(layer);
    }
    if (layers.size() > MAX_LAYERS) {
      throw new MalformedImage(
          Code.UNSUPPORTED, "it has " + layers.size() + " layers, more than " + MAX_LAYERS);
    }
    return new Image(config, List.copyOf(layers));
  }

  private static BlobDescriptor readDescriptor(JsonNode node) throws MalformedImage {
    String digest = node.path("digest").asText("");
    long size = node.path("size").asLong(-1);
    if (size < 0) {
      throw damaged("a reference in it has no size");
    }
    if (!Sha256.isDigest(digest)) {
      throw new MalformedImage(Code.UNSUPPORTED, "a reference in it is not by SHA-256");
    }
    JsonNode platform = node.path("platform");
    return new BlobDescriptor(
        node.path("mediaType").asText(""),
        digest,
        size,
        platform.isObject()
            ? Optional.of(
                new Platform(
                    platform.path("os").asText(""),
                    platform.path("architecture").asText(""),
                    platform.path("variant").asText("")))
            : Optional.empty());
  }

  private static MalformedImage damaged(String why) {
    return new MalformedImage(Code.DATA_LOSS, "the image's manifest is damaged: " + why);
  }
}
