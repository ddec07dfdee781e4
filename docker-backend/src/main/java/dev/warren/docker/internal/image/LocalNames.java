package dev.warren.docker.internal.image;

/** Names of images that Warren makes on the engine. They are never listed as images. */
public final class LocalNames {
  /** A host that cannot exist, so that nothing of a bot can be pushed or pulled by mistake. */
  public static final String REGISTRY = "warren.invalid";

  /** Holds the content of an image that lost its name while a container needed it. */
  static final String IN_USE = REGISTRY + "/in-use";

  private LocalNames() {}

  static boolean isLocal(String name) {
    return name.startsWith(REGISTRY + "/");
  }
}
