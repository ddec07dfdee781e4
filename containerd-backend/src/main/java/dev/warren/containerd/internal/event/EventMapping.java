package dev.warren.containerd.internal.event;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.warren.containerd.internal.api.events.ContainerDelete;
import dev.warren.containerd.internal.api.events.TaskExit;
import dev.warren.containerd.internal.api.events.TaskOOM;
import dev.warren.containerd.internal.api.events.TaskStart;
import dev.warren.containerd.internal.api.types.Envelope;
import dev.warren.spi.ExitStatus;
import dev.warren.spi.RuntimeEvent;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiFunction;

/**
 * From the daemon's events to ours. An event's contents are named by the bare name of their type.
 * Used by one thread at a time.
 */
final class EventMapping {
  private final BiFunction<String, Integer, ExitStatus> exit;
  private final Set<String> outOfMemory = ConcurrentHashMap.newKeySet();

  /**
   * @param exit how the task of that container ended, given its status
   */
  EventMapping(BiFunction<String, Integer, ExitStatus> exit) {
    this.exit = exit;
  }

  /** Empty for what nobody asked for, such as the end of an additional process. */
  Optional<RuntimeEvent> map(Envelope envelope) {
    String url = envelope.getEvent().getTypeUrl();
    ByteString value = envelope.getEvent().getValue();
    try {
      return switch (url.substring(url.lastIndexOf('/') + 1)) {
        case "containerd.events.TaskStart" -> started(TaskStart.parseFrom(value));
        case "containerd.events.TaskExit" -> exited(TaskExit.parseFrom(value));
        case "containerd.events.TaskOOM" -> oom(TaskOOM.parseFrom(value));
        case "containerd.events.ContainerDelete" ->
            Optional.of(new RuntimeEvent.Deleted(ContainerDelete.parseFrom(value).getId()));
        default -> Optional.empty();
      };
    } catch (InvalidProtocolBufferException e) {
      return Optional.of(new RuntimeEvent.Gap());
    }
  }

  private Optional<RuntimeEvent> started(TaskStart event) {
    outOfMemory.remove(event.getContainerId());
    return Optional.of(new RuntimeEvent.Started(event.getContainerId()));
  }

  private Optional<RuntimeEvent> oom(TaskOOM event) {
    outOfMemory.add(event.getContainerId());
    return Optional.of(new RuntimeEvent.OutOfMemory(event.getContainerId()));
  }

  private Optional<RuntimeEvent> exited(TaskExit event) {
    String id = event.getContainerId();
    if (!event.getId().equals(id)) {
      return Optional.empty();
    }
    ExitStatus status = exit.apply(id, event.getExitStatus());
    boolean reported = outOfMemory.remove(id);
    return Optional.of(
        new RuntimeEvent.Exited(
            id, new ExitStatus(status.code(), status.outOfMemory() || reported)));
  }
}
