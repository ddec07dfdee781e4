package dev.warren.docker.internal.container;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.github.dockerjava.api.command.InspectContainerResponse;
import dev.warren.SandboxException;
import dev.warren.SandboxException.Code;
import dev.warren.StateDirectory;
import dev.warren.docker.internal.client.DockerEngine;
import dev.warren.docker.internal.client.DockerErrors;
import dev.warren.docker.internal.client.EngineFacts;
import dev.warren.engine.internal.check.TimeZones;
import dev.warren.spi.ContainerInfo;
import dev.warren.spi.ContainerSpec;
import dev.warren.spi.HostPaths;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Makes containers. One that needs files is made under a name that is no id, and gets its own when
 * the files are in it: what a crash leaves can be told from a container, and nobody can start it.
 */
public final class ContainerMaker {
  private static final String CREATE = "create";

  /** How long a removal that somebody else began is waited for. */
  private static final long REMOVAL_NANOS = TimeUnit.SECONDS.toNanos(60);

  private static final long REMOVAL_PAUSE_MILLIS = 20;

  /** Proves, after a call whose outcome is unknown, that a container came from that call. */
  private static final String CALL = Ownership.PREFIX + "call";

  private final DockerEngine engine;
  private final Ownership owner;
  private final ContainerLookup lookup;
  private final SpecDocument documents;
  private final SandboxNetworks networks;
  private final InitialFiles files;
  private final OpenFileLimit openFiles;

  /** Ids for which files are being copied by this process. */
  private final Set<String> unfinished = ConcurrentHashMap.newKeySet();

  public ContainerMaker(
      DockerEngine engine,
      EngineFacts facts,
      Ownership owner,
      ContainerLookup lookup,
      HostPaths paths,
      NetworkPlan plan,
      SandboxNetworks networks,
      StateDirectory state) {
    this.engine = engine;
    this.owner = owner;
    this.lookup = lookup;
    this.documents =
        new SpecDocument(
            engine.version(),
            facts,
            owner,
            new MountList(paths, plan.sharedHost()),
            plan,
            new SeccompOption(engine.version(), plan.sharedHost(), state),
            TimeZones.hostName());
    this.networks = networks;
    this.files = new InitialFiles(engine, state);
    this.openFiles = new OpenFileLimit(engine, plan.sharedHost());
  }

  /**
   * Makes a container whose root can be another image than that of the spec, such as a snapshot.
   * All else is as for {@link dev.warren.spi.Containers#create}.
   *
   * @param image a name or id that the engine knows
   */
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
    return lookup.find(CREATE, id).map(found -> lookup.info(id, found)).orElseThrow(() -> gone(id));
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

  /**
   * Puts another image under a container that has never started: the container is made again, with
   * the same name, labels and settings. Initial files were part of its layer: the image has to hold
   * them, as one does that was committed from the container.
   *
   * @param image the engine's id of the image, {@code sha256:…}
   */
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
    if (engine.version().podman()) {
      // Docker wants a network at the start only, Podman as soon as a container names it.
      networks.ensure(document.path("HostConfig").path("NetworkMode").asText());
    }
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
      throw CreateFault.explain(id, e);
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
      awaitRemoval(operation, id, engineId, e);
    }
  }

  /** Waits for a removal that somebody else began: the engine has no call for that. */
  private void awaitRemoval(
      String operation, String id, String engineId, SandboxException otherwise) {
    long end = System.nanoTime() + REMOVAL_NANOS;
    while (lookup.findById(operation, id, engineId).isPresent()) {
      if (System.nanoTime() > end) {
        throw otherwise;
      }
      try {
        Thread.sleep(REMOVAL_PAUSE_MILLIS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw DockerErrors.map(operation, id, e);
      }
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

  private static SandboxException exists(String id, @Nullable SandboxException cause) {
    return DockerErrors.error(Code.ALREADY_EXISTS, CREATE, id)
        .detail("a container of this name exists")
        .remedy("delete it, or choose another id")
        .cause(cause)
        .build();
  }

  private static SandboxException gone(String id) {
    return DockerErrors.error(Code.CONFLICT, CREATE, id)
        .detail("somebody removed it while it was made")
        .build();
  }
}
