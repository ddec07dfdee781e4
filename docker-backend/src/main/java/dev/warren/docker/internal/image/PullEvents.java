package dev.warren.docker.internal.image;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MappingIterator;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectReader;
import dev.warren.PullProgress;
import dev.warren.PullProgress.Phase;
import java.io.IOException;
import java.io.InputStream;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Follows the engine's account of one pull, and tells it on: bytes at most ten times a second for
 * each layer. Used by one thread.
 */
final class PullEvents {
  private static final ObjectReader EVENTS = new ObjectMapper().readerFor(JsonNode.class);
  private static final Pattern LAYER = Pattern.compile("[0-9a-f]{12}");
  private static final Pattern DIGEST = Pattern.compile("Digest: (sha256:[0-9a-f]{64})");
  private static final long INTERVAL_NANOS = 100_000_000;

  private final Consumer<PullProgress> listener;
  private final Map<String, Layer> layers = new HashMap<>();
  private @Nullable String digest;
  private @Nullable String error;
  private boolean ended;

  private static final class Layer {
    long total;
    long told = System.nanoTime() - INTERVAL_NANOS;
    @Nullable Phase phase;
  }

  PullEvents(Consumer<PullProgress> listener) {
    this.listener = listener;
  }

  /** Reads to the end of the stream. */
  void read(InputStream body) throws IOException {
    try (MappingIterator<JsonNode> events = EVENTS.readValues(body)) {
      while (events.hasNextValue()) {
        accept(events.nextValue());
      }
    }
  }

  private void accept(JsonNode event) {
    String failure = event.path("errorDetail").path("message").asText(event.path("error").asText());
    if (!failure.isEmpty()) {
      error = failure;
      return;
    }
    String status = event.path("status").asText();
    String id = event.path("id").asText();
    Matcher said = DIGEST.matcher(status);
    if (said.matches()) {
      digest = said.group(1);
    } else if (status.startsWith("Status: ")) {
      ended = true;
    } else if (LAYER.matcher(id).matches()) {
      layer(id, status, event.path("progressDetail"));
    }
  }

  private void layer(String id, String status, JsonNode detail) {
    Phase phase =
        switch (status) {
          case "Pulling fs layer", "Downloading" -> Phase.DOWNLOADING;
          case "Download complete" -> Phase.DOWNLOADED;
          case "Already exists" -> Phase.EXISTS;
          case "Extracting" -> Phase.UNPACKING;
          case "Pull complete" -> Phase.DONE;
          default -> null;
        };
    if (phase == null) {
      return;
    }
    Layer layer = layers.computeIfAbsent(id, key -> new Layer());
    layer.total = Math.max(layer.total, detail.path("total").asLong());
    long now = System.nanoTime();
    if (phase == layer.phase && now - layer.told < INTERVAL_NANOS) {
      return;
    }
    layer.phase = phase;
    layer.told = now;
    boolean whole = phase == Phase.DOWNLOADED || phase == Phase.DONE;
    long done = whole ? layer.total : detail.path("current").asLong();
    listener.accept(new PullProgress(id, phase, done, layer.total));
  }

  /** What the name means, as the engine said. */
  Optional<String> digest() {
    return Optional.ofNullable(digest);
  }

  /** The failure that came inside the stream. */
  Optional<String> error() {
    return Optional.ofNullable(error);
  }

  /** Whether the engine said that the pull succeeded. */
  boolean succeeded() {
    return error == null && (ended || digest != null);
  }
}
