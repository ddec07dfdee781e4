package dev.warren.docker.internal.client;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * What an engine says about its host and its setup.
 *
 * @param hostName of the engine's host
 * @param kernel its kernel's release
 * @param dataDirectory where it keeps images and containers, on its host
 * @param runtimes the names of its OCI runtimes
 * @param id its own id; empty where it has none
 * @param containerdStore whether containerd keeps its images, and not the engine itself
 */
public record EngineFacts(
    String hostName,
    String kernel,
    Optional<String> dataDirectory,
    Set<String> runtimes,
    String id,
    boolean containerdStore) {

  public EngineFacts {
    runtimes = Set.copyOf(runtimes);
  }

  /** Asks the engine. */
  public static EngineFacts of(DockerEngine engine) {
    JsonNode info = engine.get("open runtime", "", "/info");
    Set<String> runtimes = new TreeSet<>();
    info.path("Runtimes").fieldNames().forEachRemaining(runtimes::add);
    return new EngineFacts(
        info.path("Name").asText(""),
        info.path("KernelVersion").asText(""),
        Optional.of(info.path("DockerRootDir").asText("")).filter(path -> path.startsWith("/")),
        runtimes,
        info.path("ID").asText(""),
        info.path("DriverStatus").toString().contains("io.containerd.snapshotter"));
  }
}
