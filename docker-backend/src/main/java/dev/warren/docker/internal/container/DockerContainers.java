package dev.warren.docker.internal.container;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.github.dockerjava.api.command.InspectContainerResponse;
import dev.warren.ImageRef;
import dev.warren.SandboxException;
import dev.warren.SandboxException.Code;
import dev.warren.docker.internal.client.DockerEngine;
import dev.warren.docker.internal.client.DockerErrors;
import dev.warren.spi.ContainerInfo;
import dev.warren.spi.ContainerSpec;
import dev.warren.spi.Containers;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.Function;

/** The containers of the engine. Those of others are listed and never changed. */
public final class DockerContainers implements Containers {
  private static final String LIST = "list containers";

  private final DockerEngine engine;
  private final Ownership owner;
  private final ContainerLookup lookup;
  private final NewContainers maker;
  private final Function<ImageRef, String> imageNames;
  private final Consumer<InspectContainerResponse> onDelete;

  /**
   * @param imageNames what the engine calls an image
   * @param onDelete told what is gone
   */
  public DockerContainers(
      DockerEngine engine,
      Ownership owner,
      ContainerLookup lookup,
      NewContainers maker,
      Function<ImageRef, String> imageNames,
      Consumer<InspectContainerResponse> onDelete) {
    this.engine = engine;
    this.owner = owner;
    this.lookup = lookup;
    this.maker = maker;
    this.imageNames = imageNames;
    this.onDelete = onDelete;
  }

  @Override
  public ContainerInfo create(ContainerSpec spec) {
    return maker.create(spec, imageNames.apply(spec.image()));
  }

  @Override
  public Optional<ContainerInfo> get(String id) {
    return lookup.find("look up container", id).map(found -> info(owner, id, found));
  }

  static ContainerInfo info(Ownership owner, String id, InspectContainerResponse found) {
    Map<String, String> labels = ContainerLookup.labels(found);
    String named = found.getConfig() == null ? null : found.getConfig().getImage();
    return new ContainerInfo(
        id,
        labels.getOrDefault(Ownership.IMAGE, named == null ? "" : named),
        owner.visible(id, labels),
        // The engine's lists know the second only, and both shall be the same.
        OffsetDateTime.parse(found.getCreated()).toInstant().truncatedTo(ChronoUnit.SECONDS));
  }

  @Override
  public List<ContainerInfo> list() {
    return list("");
  }

  @Override
  public List<ContainerInfo> listByLabel(String key) {
    return list(filter(key)).stream().filter(info -> info.labels().containsKey(key)).toList();
  }

  @Override
  public List<ContainerInfo> listByLabel(String key, String value) {
    return list(filter(key)).stream().filter(info -> value.equals(info.labels().get(key))).toList();
  }

  /** By the key only: what comes is looked at again, since images have labels too. */
  private static String filter(String key) {
    ObjectNode filters = JsonNodeFactory.instance.objectNode();
    filters.putArray("label").add(key);
    return "&filters=" + URLEncoder.encode(filters.toString(), StandardCharsets.UTF_8);
  }

  private List<ContainerInfo> list(String filter) {
    List<ContainerInfo> all = new ArrayList<>();
    for (JsonNode item : engine.get(LIST, "", "/containers/json?all=1" + filter)) {
      nameOf(item)
          .filter(name -> !ContainerLookup.isUnfinished(name))
          .ifPresent(name -> all.add(info(name, item)));
    }
    all.sort(Comparator.comparing(ContainerInfo::id));
    return List.copyOf(all);
  }

  /** One that is linked has more names, which are paths. */
  private static Optional<String> nameOf(JsonNode item) {
    for (JsonNode name : item.path("Names")) {
      String bare = ContainerLookup.idOf(name.asText());
      if (!bare.isEmpty() && bare.indexOf('/') < 0) {
        return Optional.of(bare);
      }
    }
    return Optional.empty();
  }

  private ContainerInfo info(String id, JsonNode item) {
    Map<String, String> labels = new TreeMap<>();
    item.path("Labels").properties().forEach(e -> labels.put(e.getKey(), e.getValue().asText()));
    return new ContainerInfo(
        id,
        labels.getOrDefault(Ownership.IMAGE, item.path("Image").asText("")),
        owner.visible(id, labels),
        Instant.ofEpochSecond(item.path("Created").asLong()));
  }

  @Override
  public void delete(String id) {
    String operation = "delete";
    Optional<InspectContainerResponse> found = lookup.find(operation, id);
    if (found.isPresent()) {
      owner.require(operation, id, ContainerLookup.labels(found.get()));
      maker.remove(operation, id, found.get().getId());
      onDelete.accept(found.get());
    }
    maker.removeUnfinished(operation, id);
    if (lookup.find(operation, id).isPresent()) {
      throw SandboxException.of(Code.CONFLICT, operation, id)
          .backend(DockerErrors.BACKEND)
          .detail("it was made again meanwhile")
          .build();
    }
  }
}
