package dev.warren.docker.internal.container;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.github.dockerjava.api.command.InspectContainerResponse;
import dev.warren.SandboxException;
import dev.warren.SandboxException.Code;
import dev.warren.docker.internal.client.DockerEngine;
import dev.warren.docker.internal.client.DockerErrors;
import dev.warren.spi.ContainerInfo;
import dev.warren.spi.ContainerSpec;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

/**
 * Makes containers. One that needs files is made under a name that is no id, and gets its own when
 * the files are in it: what a crash leaves can be told from a container, and nobody can start it.
 */
public final class NewContainers implements ContainerMaker {
  private static final String CREATE = "create";

  /** Proves, after a call whose outcome is unknown, that a container came from that call. */
  private static final String CALL = Ownership.PREFIX + "call";

  private final DockerEngine engine;
  private final Ownership owner;
  private final ContainerLookup lookup;
  private final SpecDocument documents;
  private final Consumer<String> network;
  private final InitialFiles files;
  private final OpenFiles openFiles;

  /** Ids for which files are being copied by this process. */
  private final Set<String> unfinished = ConcurrentHashMap.newKeySet();

  NewContainers(
      DockerEngine engine,
      Ownership owner,
      ContainerLookup lookup,
      SpecDocument documents,
      Consumer<String> network,
      InitialFiles files,
      OpenFiles openFiles) {
    this.engine = engine;
    this.owner = owner;
    this.lookup = lookup;
    this.documents = documents;
    this.network = network;
    this.files = files;
    this.openFiles = openFiles;
  }

  @Override
  public ContainerInfo create(ContainerSpec spec, String image) {
    String id = spec.id();
    ObjectNode document = documents.of(spec, image);
    InitialFiles.check(spec);
    if (lookup.find(CREATE, id).isPresent()) {
      throw exists(id, null);
    }
    openFiles.fit(spec, document);
    if (spec.files().isEmpty()) {
      post(id, ContainerLookup.nameOf(id), document);
    } else {
      unfinished(CREATE, id, document, engineId -> files.copy(spec, engineId));
    }
    return lookup
        .find(CREATE, id)
        .map(found -> DockerContainers.info(owner, id, found))
        .orElseThrow(() -> gone(id));
  }

  /** Makes a container under a name that is no id; it gets its own when {@code finish} is done. */
  private void unfinished(
      String operation, String id, ObjectNode document, Consumer<String> finish) {
    if (!unfinished.add(id)) {
      throw exists(id, null);
    }
    try {
      removeUnfinishedOfOthers(operation, id);
      String engineId = post(id, id + ContainerLookup.UNFINISHED, document);
      try {
        finish.accept(engineId);
        rename(id, engineId);
      } catch (RuntimeException e) {
        undo(id, engineId, e);
        throw e;
      }
    } finally {
      unfinished.remove(id);
    }
  }

  private void rename(String id, String engineId) {
    try {
      engine.change(
          CREATE,
          id,
          () ->
              engine
                  .api()
                  .renameContainerCmd(engineId)
                  .withName(ContainerLookup.nameOf(id))
                  .exec());
    } catch (SandboxException e) {
      throw isNameTaken(e) ? exists(id, e) : e;
    }
  }

  @Override
  public void rebase(String id, String image) {
    String operation = "change image of";
    InspectContainerResponse old = lookup.require(operation, id);
    JsonNode inspected = engine.get(operation, id, "/containers/" + old.getId() + "/json");
    ObjectNode document = inspected.path("Config").deepCopy();
    document.put("Image", image);
    document.set("HostConfig", inspected.path("HostConfig"));
    unfinished(operation, id, document, engineId -> remove(operation, id, old.getId()));
  }

  /** Gives the engine's id. */
  private String post(String id, String name, ObjectNode document) {
    network.accept(document.path("HostConfig").path("NetworkMode").asText());
    String call = UUID.randomUUID().toString();
    ((ObjectNode) document.get("Labels")).put(CALL, call);
    try {
      return engine
          .post(CREATE, id, "/containers/create?name=" + name, document)
          .path("Id")
          .asText();
    } catch (SandboxException e) {
      if (isNameTaken(e)) {
        throw exists(id, e);
      }
      if (e.code() == Code.UNAVAILABLE || e.code() == Code.TIMEOUT || e.code() == Code.CANCELLED) {
        removeIfOf(call, id, name, e);
      }
      throw NewContainerFault.explain(id, e);
    }
  }

  /** The call may have had its effect all the same. */
  private void removeIfOf(String call, String id, String name, SandboxException cause) {
    boolean interrupted = Thread.interrupted();
    try {
      lookup
          .findAny(CREATE, name)
          .filter(found -> call.equals(ContainerLookup.labels(found).get(CALL)))
          .ifPresent(found -> remove(CREATE, id, found.getId()));
    } catch (SandboxException e) {
      cause.addSuppressed(e);
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private void undo(String id, String engineId, RuntimeException cause) {
    boolean interrupted = Thread.interrupted();
    try {
      remove(CREATE, id, engineId);
    } catch (SandboxException e) {
      cause.addSuppressed(e);
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /** Removes a container with its layer and its logs, whether it runs or not. */
  void remove(String operation, String id, String engineId) {
    try {
      engine.change(
          operation,
          id,
          () ->
              engine
                  .api()
                  .removeContainerCmd(engineId)
                  .withForce(true)
                  .withRemoveVolumes(true)
                  .exec());
    } catch (SandboxException e) {
      if (e.code() == Code.NOT_FOUND) {
        return;
      }
      if (!DockerErrors.engineText(e).contains("is already in progress")) {
        throw e;
      }
      Removal.await(lookup, operation, id, engineId, e);
    }
  }

  /** Removes what a creation left that did not come to its end. */
  void removeUnfinished(String operation, String id) {
    if (!unfinished.contains(id)) {
      removeUnfinishedOfOthers(operation, id);
    }
  }

  private void removeUnfinishedOfOthers(String operation, String id) {
    Optional<InspectContainerResponse> left =
        lookup.findAny(operation, id + ContainerLookup.UNFINISHED);
    left.filter(found -> owner.ownsContainer(id, ContainerLookup.labels(found)))
        .ifPresent(found -> remove(operation, id, found.getId()));
  }

  private static boolean isNameTaken(SandboxException e) {
    return e.code() == Code.ALREADY_EXISTS
        || (e.code() == Code.CONFLICT && DockerErrors.engineText(e).contains("already in use"));
  }

  private static SandboxException exists(
      String id, @org.jspecify.annotations.Nullable SandboxException cause) {
    return SandboxException.of(Code.ALREADY_EXISTS, CREATE, id)
        .backend(DockerErrors.BACKEND)
        .detail("a container of this name exists")
        .remedy("delete it, or choose another id")
        .cause(cause)
        .build();
  }

  private static SandboxException gone(String id) {
    return SandboxException.of(Code.CONFLICT, CREATE, id)
        .backend(DockerErrors.BACKEND)
        .detail("somebody removed it while it was made")
        .build();
  }
}
