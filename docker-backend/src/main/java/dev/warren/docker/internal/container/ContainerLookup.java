package dev.warren.docker.internal.container;

import com.github.dockerjava.api.command.InspectContainerResponse;
import com.github.dockerjava.api.exception.NotFoundException;
import dev.warren.SandboxException;
import dev.warren.SandboxException.Code;
import dev.warren.docker.internal.client.DockerEngine;
import dev.warren.docker.internal.client.DockerErrors;
import dev.warren.spi.ContainerInfo;
import java.time.OffsetDateTime;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Finds containers by exactly their name. The engine also takes the beginning of its own ids for a
 * name, so what it answers is compared, and changes are made by its id. Thread-safe.
 */
public final class ContainerLookup {
  private static final Pattern VALID = Pattern.compile("[A-Za-z0-9]+(?:[._-][A-Za-z0-9]+)*");
  private static final int MAX = 76;

  private final DockerEngine engine;
  private final Ownership owner;

  public ContainerLookup(DockerEngine engine, Ownership owner) {
    this.engine = engine;
    this.owner = owner;
  }

  /** Ends the names of containers that are not complete yet; no id of a caller has two dots. */
  static final String UNFINISHED = "..new";

  /** Whether it is the name of a container that is not complete. */
  public static boolean isUnfinished(String name) {
    return name.endsWith(UNFINISHED);
  }

  /** The engine's names have two characters at least; no id of a caller ends with a dot. */
  public static String nameOf(String id) {
    return id.length() == 1 ? id + "." : id;
  }

  /** The id of a caller for a name of the engine. */
  public static String idOf(String name) {
    String bare = name.startsWith("/") ? name.substring(1) : name;
    return bare.length() == 2 && bare.endsWith(".") ? bare.substring(0, 1) : bare;
  }

  /** Whether a container can have this id. */
  public static boolean isId(String id) {
    return id.length() <= MAX && VALID.matcher(id).matches();
  }

  /** The container of this id, whoever made it. */
  public Optional<InspectContainerResponse> find(String operation, String id) {
    if (!isId(id)) {
      throw SandboxException.invalid(operation, "'" + id + "'", "it is no container id");
    }
    return findAny(operation, nameOf(id));
  }

  /** The container of this name of the engine, which need not be a caller's id. */
  public Optional<InspectContainerResponse> findAny(String operation, String name) {
    return findById(operation, name, name)
        .filter(container -> ("/" + name).equals(container.getName()));
  }

  /** As the engine finds it. */
  Optional<InspectContainerResponse> findById(String operation, String subject, String engineId) {
    try {
      return Optional.of(
          engine.call(operation, subject, () -> engine.api().inspectContainerCmd(engineId).exec()));
    } catch (SandboxException e) {
      if (e.code() == Code.NOT_FOUND && e.getCause() instanceof NotFoundException) {
        return Optional.empty();
      }
      throw e;
    }
  }

  /**
   * The container of this id, to be changed.
   *
   * @throws SandboxException {@code NOT_FOUND}; {@code PERMISSION_DENIED} when others made it
   */
  public InspectContainerResponse require(String operation, String id) {
    InspectContainerResponse found = find(operation, id).orElseThrow(() -> notFound(operation, id));
    owner.require(operation, id, labels(found));
    return found;
  }

  /** What callers see of a container. */
  ContainerInfo info(String id, InspectContainerResponse found) {
    Map<String, String> labels = labels(found);
    String named = found.getConfig() == null ? null : found.getConfig().getImage();
    return new ContainerInfo(
        id,
        labels.getOrDefault(Ownership.IMAGE, named == null ? "" : named),
        owner.visible(id, labels),
        // The engine's lists know the second only, and both shall be the same.
        OffsetDateTime.parse(found.getCreated()).toInstant().truncatedTo(ChronoUnit.SECONDS));
  }

  /** The labels, those of the backend included. */
  public static Map<String, String> labels(InspectContainerResponse container) {
    Map<String, String> labels =
        container.getConfig() == null ? null : container.getConfig().getLabels();
    return labels == null ? Map.of() : labels;
  }

  static SandboxException notFound(String operation, String id) {
    return DockerErrors.error(Code.NOT_FOUND, operation, id)
        .detail("there is no such container")
        .build();
  }
}
