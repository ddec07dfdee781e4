package dev.warren.docker.internal.container;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.github.dockerjava.api.command.InspectContainerResponse;
import dev.warren.SandboxException.Code;
import dev.warren.docker.internal.client.DockerEngine;
import dev.warren.docker.internal.client.DockerErrors;
import dev.warren.docker.internal.image.DockerImages;
import dev.warren.spi.ContainerInfo;
import dev.warren.spi.ContainerSpec;
import dev.warren.spi.Containers;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** The containers of the engine. Those of others are listed and never changed. */
public final class DockerContainers implements Containers {
  private static final String LIST = "list containers";

  private final DockerEngine engine;
  private final Ownership owner;
  private final ContainerLookup lookup;
  private final ContainerMaker maker;
  private final DockerImages images;
  private final TemporaryImages temporary;
  private final LogMarks marks;

  public DockerContainers(
      DockerEngine engine,
      Ownership owner,
      ContainerLookup lookup,
      ContainerMaker maker,
      DockerImages images,
      TemporaryImages temporary,
      LogMarks marks) {
    this.engine = engine;
    this.owner = owner;
    this.lookup = lookup;
    this.maker = maker;
    this.images = images;
    this.temporary = temporary;
    this.marks = marks;
  }

  @Override
  public ContainerInfo create(ContainerSpec spec) {
    return maker.create(spec, images.engineName(spec.image()));
  }

  @Override
  public Optional<ContainerInfo> get(String id) {
    return lookup.find("look up container", id).map(found -> lookup.info(id, found));
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
      marks.forget(found.get().getId());
      temporary.tidyAfter(found.get());
    }
    maker.removeUnfinished(operation, id);
    if (lookup.find(operation, id).isPresent()) {
      throw DockerErrors.error(Code.CONFLICT, operation, id)
          .detail("it was made again meanwhile")
          .build();
    }
  }
}
