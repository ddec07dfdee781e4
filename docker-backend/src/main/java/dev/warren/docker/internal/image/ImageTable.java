package dev.warren.docker.internal.image;

import com.fasterxml.jackson.databind.JsonNode;
import com.github.dockerjava.api.exception.ConflictException;
import com.github.dockerjava.api.exception.NotFoundException;
import dev.warren.SandboxException;
import dev.warren.SandboxException.Code;
import dev.warren.docker.internal.client.DockerEngine;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The images that the engine has, as its own documents. Names go in as they are; only the engine's
 * ids and full references are unmistakable, and callers give nothing else. Thread-safe.
 */
public final class ImageTable {
  private final DockerEngine engine;

  public ImageTable(DockerEngine engine) {
    this.engine = engine;
  }

  /** The engine's description of an image, by id or by a full name. */
  public Optional<JsonNode> inspect(String operation, String subject, String image) {
    try {
      return Optional.of(engine.get(operation, subject, "/images/" + image + "/json"));
    } catch (SandboxException e) {
      if (e.code() == Code.NOT_FOUND) {
        return Optional.empty();
      }
      throw e;
    }
  }

  /** Short descriptions of the images; those without a name are left out where one is not asked. */
  public List<JsonNode> list(String operation, String query) {
    List<JsonNode> images = new ArrayList<>();
    engine.get(operation, "", "/images/json" + query).forEach(images::add);
    return images;
  }

  /**
   * Short descriptions of the images that have all of these labels, {@code key} or {@code
   * key=value}.
   */
  public List<JsonNode> withLabels(String operation, String... labels) {
    String filter = "{\"label\":[\"" + String.join("\",\"", labels) + "\"]}";
    return list(operation, "?filters=" + URLEncoder.encode(filter, StandardCharsets.UTF_8));
  }

  /** Gives an image another name, which it takes from the image that had it. */
  public void tag(String operation, String image, String repository, String tag) {
    engine.change(
        operation,
        repository + ":" + tag,
        () -> {
          engine.api().tagImageCmd(image, repository, tag).exec();
          return true;
        });
  }

  /**
   * Takes a name away, or an image that has none; the content goes where nothing needs it.
   *
   * @return false when a container needs it, and nothing was changed
   */
  public boolean remove(String operation, String subject, String image) {
    try {
      engine.change(
          operation,
          subject,
          () -> {
            engine.api().removeImageCmd(image).exec();
            return true;
          });
      return true;
    } catch (SandboxException e) {
      if (e.getCause() instanceof NotFoundException) {
        return true;
      }
      if (e.getCause() instanceof ConflictException) {
        return false;
      }
      throw e;
    }
  }

  /** The digests of an image's layers, uncompressed, lowest first. */
  public static List<String> layers(JsonNode image) {
    return texts(image.path("RootFS").path("Layers"));
  }

  /** The strings of a list that the engine leaves out, or sets to null, when it is empty. */
  public static List<String> texts(JsonNode list) {
    List<String> texts = new ArrayList<>();
    list.forEach(entry -> texts.add(entry.asText()));
    return texts;
  }
}
