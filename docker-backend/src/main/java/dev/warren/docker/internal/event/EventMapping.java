package dev.warren.docker.internal.event;

import com.fasterxml.jackson.databind.JsonNode;
import dev.warren.docker.internal.container.ContainerLookup;
import dev.warren.spi.ExitStatus;
import dev.warren.spi.RuntimeEvent;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;

/** Translates the engine's events. One for each stream; not thread-safe. */
final class EventMapping {
  private static final int MAX_CODE = 255;

  /** The engine's ids of those whose memory ran out since their start. */
  private final Set<String> outOfMemory = new HashSet<>();

  Optional<RuntimeEvent> map(JsonNode event) {
    JsonNode actor = event.path("Actor");
    String name = actor.path("Attributes").path("name").asText("");
    String engineId = actor.path("ID").asText("");
    if (name.isEmpty() || ContainerLookup.isUnfinished(name)) {
      return Optional.empty();
    }
    String id = ContainerLookup.idOf(name);
    return switch (event.path("Action").asText("")) {
      case "start" -> {
        outOfMemory.remove(engineId);
        yield Optional.of(new RuntimeEvent.Started(id));
      }
      case "oom" -> {
        outOfMemory.add(engineId);
        yield Optional.of(new RuntimeEvent.OutOfMemory(id));
      }
      case "die" -> Optional.of(new RuntimeEvent.Exited(id, exit(actor, engineId)));
      case "destroy" -> Optional.of(new RuntimeEvent.Deleted(id));
      default -> Optional.empty();
    };
  }

  private ExitStatus exit(JsonNode actor, String engineId) {
    int code = actor.path("Attributes").path("exitCode").asInt(MAX_CODE);
    return new ExitStatus(
        code >= 0 && code <= MAX_CODE ? code : MAX_CODE, outOfMemory.remove(engineId));
  }
}
