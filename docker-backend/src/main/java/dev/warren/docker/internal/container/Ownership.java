package dev.warren.docker.internal.container;

import dev.warren.SandboxException;
import dev.warren.SandboxException.Code;
import dev.warren.docker.internal.client.DockerErrors;
import dev.warren.spi.ContainerSpec;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Tells apart what this runtime made: the engine has no namespaces, so a label names the owner.
 *
 * @param name as the user chose it
 */
public record Ownership(String name) {
  private static final String WARREN = "dev.warren.";

  /** Begins the labels that are the backend's own; callers never see them. */
  public static final String PREFIX = WARREN + "docker.";

  /** On containers, networks and images. */
  public static final String OWNER = PREFIX + "owner";

  /** On containers: the id, so that a label inherited from an image proves nothing. */
  static final String ID = PREFIX + "id";

  /** On containers: the name of the image, as the caller gave it. */
  static final String IMAGE = PREFIX + "image";

  /** On containers: the keys of the caller's labels, because images have labels too. */
  static final String KEYS = PREFIX + "label-keys";

  /** The owner's label and its value, for the engine's filters. */
  public String label() {
    return OWNER + "=" + name;
  }

  public boolean owns(Map<String, String> labels) {
    return name.equals(labels.get(OWNER));
  }

  /** Whether it is the container of that id. */
  public boolean ownsContainer(String id, Map<String, String> labels) {
    return owns(labels) && id.equals(labels.get(ID));
  }

  /**
   * Refuses to change what others made.
   *
   * @throws SandboxException {@code PERMISSION_DENIED}
   */
  public void require(String operation, String id, Map<String, String> labels) {
    if (!ownsContainer(id, labels)) {
      throw DockerErrors.error(Code.PERMISSION_DENIED, operation, id)
          .detail("it was not made by this runtime, whose owner is '" + name + "'")
          .remedy("use the engine's own tools for it, or open the runtime with its owner's name")
          .build();
    }
  }

  /** The labels of a caller, without those of the backend and of the image. */
  public static Map<String, String> visible(Map<String, String> labels) {
    String keys = labels.get(KEYS);
    Map<String, String> visible = new TreeMap<>(labels);
    if (keys != null) {
      visible.keySet().retainAll(Set.of(keys.split("\n", -1)));
    }
    visible.keySet().removeIf(key -> key.startsWith(PREFIX));
    return visible;
  }

  /**
   * The labels that a caller sees of a container. On one that another owner made, Warren's labels
   * would tell a manager that it is one of its own, so they are left out.
   */
  Map<String, String> visible(String id, Map<String, String> labels) {
    Map<String, String> visible = visible(labels);
    if (!ownsContainer(id, labels)) {
      visible.keySet().removeIf(key -> key.startsWith(WARREN));
    }
    return visible;
  }

  /** What a container of this owner carries beside the caller's labels. */
  Map<String, String> labelsOf(ContainerSpec spec) {
    Map<String, String> labels = new TreeMap<>(spec.labels());
    labels.put(OWNER, name);
    labels.put(ID, spec.id());
    labels.put(IMAGE, spec.image().toString());
    labels.put(KEYS, String.join("\n", new TreeSet<>(spec.labels().keySet())));
    return labels;
  }
}
