package dev.warren.docker.internal.snapshot;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MappingIterator;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.github.dockerjava.transport.DockerHttpClient.Request;
import dev.warren.SandboxException;
import dev.warren.SandboxException.Code;
import dev.warren.docker.internal.client.DockerEngine;
import dev.warren.docker.internal.client.DockerErrors;
import dev.warren.docker.internal.image.ImageTable;
import dev.warren.engine.internal.fault.EngineText;
import java.io.IOException;
import java.io.InputStream;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** Loads images that were put together here, and reads the layers of others. Thread-safe. */
final class ImageLoad {
  private static final ObjectMapper MAPPER = new ObjectMapper();

  /** What the engine says of a layer that it cannot unpack. */
  private static final List<String> DAMAGED =
      List.of(
          "archive/tar",
          "invalid tar",
          "invalid entry name",
          "breakout",
          "error processing tar",
          "unexpected eof",
          "invalid symlink",
          "invalid hardlink",
          "not a directory",
          "is a directory");

  private final DockerEngine engine;
  private final ImageTable table;
  private final boolean containerdStore;

  ImageLoad(DockerEngine engine, ImageTable table, boolean containerdStore) {
    this.engine = engine;
    this.table = table;
    this.containerdStore = containerdStore;
  }

  /**
   * An image of the layers of what was committed, in the form that the engine loads.
   *
   * @param layer one on top of them
   */
  LoadableImage image(
      String operation,
      String subject,
      JsonNode committed,
      JsonNode like,
      Map<String, String> labels,
      Instant created,
      Optional<String> name,
      Optional<LayerFile> layer) {
    List<String> layers = new ArrayList<>(ImageTable.layers(committed));
    layer.ifPresent(added -> layers.add(added.digest()));
    if (!containerdStore) {
      return new LayeredImage(like, layers, labels, created, name, layer);
    }
    return new LayoutImage(
        LayeredImage.config(like, layers, labels, created),
        SavedImage.storedLayers(engine, operation, subject, committed.path("Id").asText()),
        name,
        layer);
  }

  /** Hands the image to the engine; its failures come inside the answer. */
  void load(String operation, String subject, LoadableImage image) {
    String failure;
    try {
      Request request =
          Request.builder()
              .method(Request.Method.POST)
              .path("/images/load?quiet=1")
              .putHeader("Content-Type", "application/x-tar")
              .body(image.archive())
              .build();
      failure =
          engine.exchange(operation, subject, DockerEngine.TRANSFER, request, ImageLoad::error);
    } catch (IOException e) {
      throw DockerErrors.map(operation, subject, e);
    } catch (SandboxException e) {
      String text = DockerErrors.engineText(e);
      throw isDamaged(text) ? failed(operation, subject, text) : e;
    }
    if (!failure.isEmpty()) {
      throw failed(operation, subject, failure);
    }
    if (table.inspect(operation, subject, image.id()).isEmpty()) {
      throw DockerErrors.error(Code.UNSUPPORTED, operation, subject)
          .detail("the engine does not keep the image that was loaded")
          .remedy("use Docker")
          .build();
    }
  }

  private static String error(InputStream body) throws IOException {
    String failure = "";
    try (MappingIterator<JsonNode> events = MAPPER.readerFor(JsonNode.class).readValues(body)) {
      while (events.hasNextValue()) {
        JsonNode event = events.nextValue();
        failure =
            event.path("errorDetail").path("message").asText(event.path("error").asText(failure));
      }
    }
    return failure;
  }

  private static boolean isDamaged(String text) {
    String words = text.toLowerCase(Locale.ROOT);
    return DAMAGED.stream().anyMatch(words::contains);
  }

  private static SandboxException failed(String operation, String subject, String text) {
    Code code = DockerErrors.code(0, text);
    boolean damaged = code == Code.INTERNAL && isDamaged(text);
    SandboxException.Builder error =
        DockerErrors.error(damaged ? Code.INVALID_ARGUMENT : code, operation, subject)
            .detail(
                (damaged ? "the engine cannot unpack the archive: " : "")
                    + EngineText.withoutPaths(text))
            .cause(new IOException(text));
    return damaged ? error.reason("BAD_ARCHIVE").build() : error.build();
  }
}
