package dev.warren.docker.internal.snapshot;

import com.fasterxml.jackson.databind.JsonNode;
import dev.warren.SandboxException.Code;
import dev.warren.docker.internal.client.DockerErrors;
import dev.warren.docker.internal.container.Ownership;
import dev.warren.docker.internal.image.ImageTable;
import dev.warren.spi.Snapshot;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.Comparator;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** The images that are this owner's snapshots. Thread-safe. */
final class KeptSnapshots {
  private final ImageTable table;
  private final Ownership owner;

  KeptSnapshots(ImageTable table, Ownership owner) {
    this.table = table;
    this.owner = owner;
  }

  /** The image of a snapshot. */
  Optional<JsonNode> find(String operation, String name) {
    return table
        .inspect(operation, name, SnapshotName.of(operation, owner, name).toString())
        .filter(image -> owner.owns(SnapshotLabels.all(image)));
  }

  JsonNode require(String operation, String name) {
    return find(operation, name)
        .orElseThrow(
            () ->
                DockerErrors.error(Code.NOT_FOUND, operation, name)
                    .detail("there is no such snapshot")
                    .build());
  }

  /** All, oldest first. */
  Stream<Snapshot> all() {
    return table.withLabels("list snapshots", SnapshotLabels.NAME, owner.label()).stream()
        .flatMap(image -> snapshot(image).stream())
        .sorted(Comparator.comparing(Snapshot::created).thenComparing(Snapshot::name));
  }

  /** Images on the way to a snapshot inherit labels, but do not have its name. */
  private Optional<Snapshot> snapshot(JsonNode image) {
    JsonNode labels = image.path("Labels");
    String name = labels.path(SnapshotLabels.NAME).asText();
    if (!SnapshotName.isValid(name)
        || !ImageTable.texts(image.path("RepoTags"))
            .contains(SnapshotName.of("list snapshots", owner, name).toString())) {
      return Optional.empty();
    }
    return Optional.of(
        new Snapshot(
            name,
            labels.path(SnapshotLabels.CONTAINER).asText(),
            created(labels.path(SnapshotLabels.CREATED).asText())));
  }

  Map<String, String> labels(String name, String containerId, Instant created) {
    return Map.of(
        Ownership.OWNER,
        owner.name(),
        SnapshotLabels.NAME,
        name,
        SnapshotLabels.CONTAINER,
        containerId,
        SnapshotLabels.CREATED,
        created.toString());
  }

  private static Instant created(String text) {
    try {
      return Instant.parse(text);
    } catch (DateTimeParseException e) {
      return Instant.EPOCH;
    }
  }
}
