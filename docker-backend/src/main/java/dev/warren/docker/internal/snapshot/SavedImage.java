package dev.warren.docker.internal.snapshot;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.github.dockerjava.transport.DockerHttpClient.Request;
import dev.warren.SandboxException.Code;
import dev.warren.docker.internal.client.DockerEngine;
import dev.warren.docker.internal.client.DockerErrors;
import dev.warren.docker.internal.image.ImageTable;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.zip.GZIPInputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An image, as the engine saves it: one archive with all of its layers, in an order and under names
 * that differ between versions of the engine. A layer is known by the digest of its content.
 */
final class SavedImage {
  private static final Logger log = LoggerFactory.getLogger(SavedImage.class);
  private static final ObjectMapper MAPPER = new ObjectMapper();
  private static final int LONGEST_MANIFEST = 4 << 20;
  private static final int GZIP = 0x1f8b;

  private SavedImage() {}

  /**
   * Reads layers; the caller closes them.
   *
   * @param image as the engine describes it
   * @param from the first layer that is wanted, counted from the lowest
   */
  static List<LayerFile> layers(
      DockerEngine engine,
      String operation,
      String subject,
      JsonNode image,
      int from,
      Path directory) {
    List<String> layers = ImageTable.layers(image);
    List<String> wanted = layers.subList(from, layers.size());
    List<String> below = layers.subList(0, from);
    Map<String, LayerFile> found = new HashMap<>();
    try {
      read(
          engine,
          operation,
          subject,
          image.path("Id").asText(),
          body -> {
            collect(body, wanted, below, directory, found);
            return true;
          });
      List<LayerFile> result = new ArrayList<>();
      for (String digest : wanted) {
        LayerFile layer = found.get(digest);
        if (layer == null) {
          throw DockerErrors.error(Code.DATA_LOSS, operation, subject)
              .detail("the engine left out a layer, or sent something else for it")
              .build();
        }
        result.add(layer);
      }
      return result;
    } catch (RuntimeException e) {
      closeAll(found.values());
      throw e;
    }
  }

  /**
   * How an engine with the containerd image store keeps the layers of an image. It tells that only
   * in the archive, which is read as far as the image's manifest.
   *
   * @param id of the image, which is the digest of a manifest, as it is of what was committed
   */
  static ArrayNode storedLayers(DockerEngine engine, String operation, String subject, String id) {
    return read(engine, operation, subject, id, body -> manifest(body, id))
        .filter(LayoutImage::isManifest)
        .map(manifest -> (ArrayNode) manifest.path("layers"))
        .orElseThrow(
            () ->
                DockerErrors.error(Code.UNSUPPORTED, operation, subject)
                    .detail("the engine does not tell how it keeps the layers of an image")
                    .remedy("use Docker 28 or newer, or the classic image store")
                    .build());
  }

  private static <T> T read(
      DockerEngine engine,
      String operation,
      String subject,
      String id,
      DockerEngine.Answer<T> answer) {
    Request request =
        Request.builder().method(Request.Method.GET).path("/images/" + id + "/get").build();
    return engine.exchange(operation, subject, DockerEngine.TRANSFER, request, answer);
  }

  private static Optional<JsonNode> manifest(InputStream body, String id) throws IOException {
    TarArchiveInputStream archive = new TarArchiveInputStream(body);
    String wanted = LayoutImage.file(id);
    for (TarArchiveEntry entry = archive.getNextEntry();
        entry != null;
        entry = archive.getNextEntry()) {
      if (entry.getName().equals(wanted) && entry.getSize() <= LONGEST_MANIFEST) {
        return Optional.of(MAPPER.readTree(archive.readNBytes(LONGEST_MANIFEST)));
      }
    }
    return Optional.empty();
  }

  static void closeAll(Iterable<LayerFile> layers) {
    for (LayerFile layer : layers) {
      try {
        layer.close();
      } catch (IOException e) {
        // A file without a name; the process's end frees it.
        log.debug("a layer was not closed", e);
      }
    }
  }

  private static void collect(
      InputStream body,
      List<String> wanted,
      List<String> below,
      Path directory,
      Map<String, LayerFile> found)
      throws IOException {
    TarArchiveInputStream archive = new TarArchiveInputStream(body);
    @Nullable TarArchiveEntry entry = archive.getNextEntry();
    while (entry != null && !found.keySet().containsAll(wanted)) {
      if (entry.isFile() && !isNamedOtherwise(entry.getName(), wanted, below)) {
        LayerFile layer = LayerFile.of(directory, unpacked(archive), piece -> {});
        if (!wanted.contains(layer.digest()) || found.putIfAbsent(layer.digest(), layer) != null) {
          layer.close();
        }
      }
      entry = archive.getNextEntry();
    }
  }

  /** Newer engines name content by its digest, which spares reading the layers of the image. */
  private static boolean isNamedOtherwise(String name, List<String> wanted, List<String> below) {
    String digest = "sha256:" + name.substring(name.lastIndexOf('/') + 1);
    return name.endsWith(".json")
        || name.endsWith("/json")
        || name.endsWith("/VERSION")
        || (below.contains(digest) && !wanted.contains(digest));
  }

  private static InputStream unpacked(InputStream content) throws IOException {
    BufferedInputStream peeked = new BufferedInputStream(content);
    peeked.mark(2);
    int magic = peeked.read() << 8 | peeked.read();
    peeked.reset();
    return magic == GZIP ? new GZIPInputStream(peeked) : peeked;
  }
}
