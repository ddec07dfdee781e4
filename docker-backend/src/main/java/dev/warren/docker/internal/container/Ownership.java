package dev.warren.docker.internal.container;

import dev.warren.SandboxException;
import dev.warren.SandboxException.Code;
import dev.warren.docker.internal.client.DockerErrors;
import java.util.Map;
import java.util.TreeMap;

/**
 * Tells apart what this runtime made: the engine has no namespaces, so a label names the owner.
 *
 * @param name as the user chose it
 */
public record Ownership(String name) {
  /** Begins the labels that are the backend's own; callers never see them. */
  public static final String PREFIX = "dev.warren.docker.";

  /** On containers, networks and images. */
  public static final String OWNER = PREFIX + "owner";

  public boolean owns(Map<String, String> labels) {
    return name.equals(labels.get(OWNER));
  }

  /**
   * Refuses to change what others made.
   *
   * @throws SandboxException {@code PERMISSION_DENIED}
   */
  public void require(String operation, String subject, Map<String, String> labels) {
    if (!owns(labels)) {
      throw SandboxException.of(Code.PERMISSION_DENIED, operation, subject)
          .backend(DockerErrors.BACKEND)
          .detail("it was not made by this runtime, whose owner is '" + name + "'")
          .remedy("use the engine's own tools for it, or open the runtime with its owner's name")
          .build();
    }
  }

  /** The labels of a caller, without those of the backend. */
  public static Map<String, String> visible(Map<String, String> labels) {
    Map<String, String> visible = new TreeMap<>(labels);
    visible.keySet().removeIf(key -> key.startsWith(PREFIX));
    return visible;
  }
}
