package dev.warren.docker.internal.snapshot;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.github.dockerjava.transport.DockerHttpClient.Request;
import dev.warren.SandboxException;
import dev.warren.SandboxException.Code;
import dev.warren.docker.internal.client.DockerEngine;
import dev.warren.docker.internal.client.DockerErrors;
import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;

/**
 * How an engine with the containerd image store keeps the layers of an image. It tells that only in
 * the archive in which it saves the image, so that is read as far as the image's manifest.
 */
final class StoredLayers {
  private static final ObjectMapper MAPPER = new ObjectMapper();
  private static final int LONGEST = 4 << 20;

  private StoredLayers() {}

  /**
   * @param image its id, which is the digest of a manifest, as it is of what was committed
   */
  static ArrayNode of(DockerEngine engine, String operation, String subject, String image) {
    Request request =
        Request.builder().method(Request.Method.GET).path("/images/" + image + "/get").build();
    return engine
        .exchange(operation, subject, ImageLoad.LONGEST, request, body -> find(body, image))
        .filter(LayoutImage::isManifest)
        .map(manifest -> (ArrayNode) manifest.path("layers"))
        .orElseThrow(
            () ->
                SandboxException.of(Code.UNSUPPORTED, operation, subject)
                    .backend(DockerErrors.BACKEND)
                    .detail("the engine does not tell how it keeps the layers of an image")
                    .remedy("use Docker 28 or newer, or the classic image store")
                    .build());
  }

  private static Optional<JsonNode> find(InputStream body, String image) throws IOException {
    TarArchiveInputStream archive = new TarArchiveInputStream(body);
    String wanted = LayoutImage.file(image);
    for (TarArchiveEntry entry = archive.getNextEntry();
        entry != null;
        entry = archive.getNextEntry()) {
      if (entry.getName().equals(wanted) && entry.getSize() <= LONGEST) {
        return Optional.of(MAPPER.readTree(archive.readNBytes(LONGEST)));
      }
    }
    return Optional.empty();
  }
}
