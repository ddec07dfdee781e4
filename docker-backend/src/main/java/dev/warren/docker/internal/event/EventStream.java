package dev.warren.docker.internal.event;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MappingIterator;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.github.dockerjava.transport.DockerHttpClient.Request.Method;
import com.github.dockerjava.transport.DockerHttpClient.Response;
import dev.warren.docker.internal.client.DockerEngine;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.function.Consumer;

/**
 * One open answer with the engine's events of containers. The engine answers a moment before it
 * listens; what happens in between it tells afterwards, since it is asked for all since a time of
 * its own clock.
 */
final class EventStream implements AutoCloseable {
  private static final String OPERATION = "watch";
  private static final Duration TO_BEGIN = Duration.ofSeconds(10);
  private static final String FILTERS =
      URLEncoder.encode("{\"type\":[\"container\"]}", StandardCharsets.UTF_8);
  private static final ObjectMapper MAPPER = new ObjectMapper();

  private final Response answer;

  private EventStream(Response answer) {
    this.answer = answer;
  }

  /** Opens it: what happens after this call is delivered. */
  static EventStream open(DockerEngine engine) {
    Instant now =
        OffsetDateTime.parse(engine.get(OPERATION, "", "/info").path("SystemTime").asText())
            .toInstant();
    String since = String.format("%d.%09d", now.getEpochSecond(), now.getNano());
    return new EventStream(
        engine.open(
            OPERATION, "", Method.GET, "/events?since=" + since + "&filters=" + FILTERS, TO_BEGIN));
  }

  /** Reads until it is closed or broken. */
  void read(Consumer<JsonNode> consumer) throws IOException {
    try (MappingIterator<JsonNode> events =
        MAPPER.readerFor(JsonNode.class).readValues(answer.getBody())) {
      while (events.hasNextValue()) {
        consumer.accept(events.nextValue());
      }
    }
  }

  @Override
  public void close() {
    answer.close();
  }
}
