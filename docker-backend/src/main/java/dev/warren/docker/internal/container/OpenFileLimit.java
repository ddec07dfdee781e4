package dev.warren.docker.internal.container;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.warren.SandboxException;
import dev.warren.docker.internal.client.DockerEngine;
import dev.warren.docker.internal.client.DockerErrors;
import dev.warren.engine.internal.check.HostLimits;
import dev.warren.spi.ContainerSpec;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Cuts the limit of open files to what the engine may give: it fails at a start, when the limit can
 * not be changed any more, where it would have to raise its own limit and may not. On this host the
 * limits can be read. Of another host nothing tells them, so the engine is asked once for each
 * number, by the start of a container whose command does not exist; the order of the two failures
 * tells. What it may not raise is lower than what was asked for, so leaving it out is the cut.
 * Thread-safe.
 */
final class OpenFileLimit {
  private static final Logger log = LoggerFactory.getLogger(OpenFileLimit.class);
  private static final String OPERATION = "measure limits of the engine for";
  private static final String LIMITS = "Ulimits";

  private final DockerEngine engine;
  private final boolean sharedHost;

  /** Whether the engine may give that many. */
  private final Map<Long, Boolean> known = new ConcurrentHashMap<>();

  OpenFileLimit(DockerEngine engine, boolean sharedHost) {
    this.engine = engine;
    this.sharedHost = sharedHost;
  }

  /** Changes the document of a container. */
  void fit(ContainerSpec spec, ObjectNode document) {
    if (spec.limits().openFiles().isEmpty()) {
      return;
    }
    long asked = spec.limits().openFiles().getAsLong();
    ObjectNode host = (ObjectNode) document.get("HostConfig");
    if (sharedHost) {
      long given = HostLimits.ofThisHost().openFiles(asked);
      ((ObjectNode) host.get(LIMITS).get(0)).put("Soft", given).put("Hard", given);
    } else if (!mayGive(asked, spec.id(), document)) {
      host.remove(LIMITS);
    }
  }

  private boolean mayGive(long asked, String id, ObjectNode document) {
    Boolean before = known.get(asked);
    if (before != null) {
      return before;
    }
    boolean answer = probe(id, document);
    log.debug("the engine may give {} open files: {}", asked, answer);
    known.put(asked, answer);
    return answer;
  }

  private boolean probe(String id, ObjectNode document) {
    ObjectNode probe = document.deepCopy();
    probe.putArray("Entrypoint").add("/opt/warren/none");
    probe.remove("ExposedPorts");
    ObjectNode host = (ObjectNode) probe.get("HostConfig");
    host.put("NetworkMode", "none").remove("PortBindings");
    host.remove("DeviceRequests");
    String name = "warren-probe-" + UUID.randomUUID() + ContainerLookup.UNFINISHED;
    String engineId;
    try {
      engineId =
          engine.post(OPERATION, id, "/containers/create?name=" + name, probe).path("Id").asText();
    } catch (SandboxException e) {
      return true; // the same failure awaits the container itself, which says more about it
    }
    try {
      engine.change(OPERATION, id, () -> engine.api().startContainerCmd(engineId).exec());
      return true;
    } catch (SandboxException e) {
      return !DockerErrors.engineText(e).contains("setting rlimit");
    } finally {
      remove(id, engineId);
    }
  }

  private void remove(String id, String engineId) {
    boolean interrupted = Thread.interrupted();
    try {
      engine.change(
          OPERATION, id, () -> engine.api().removeContainerCmd(engineId).withForce(true).exec());
    } catch (SandboxException e) {
      log.warn("a container that only asked for limits stays on the engine", e);
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
