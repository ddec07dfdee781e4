package dev.warren.docker.internal.container;

import dev.warren.spi.ContainerInfo;
import dev.warren.spi.ContainerSpec;

/** Makes containers, for whoever knows what their root is. Thread-safe. */
public interface ContainerMaker {

  /**
   * Makes a container whose root is another image than that of the spec, such as a snapshot. All
   * else is as for {@link dev.warren.spi.Containers#create}.
   *
   * @param image the engine's id of the image, {@code sha256:…}
   */
  ContainerInfo create(ContainerSpec spec, String image);

  /**
   * Puts another image under a container that has never started: the container is made again, with
   * the same name, labels and settings. Initial files were part of its layer: the image has to hold
   * them, as one does that was committed from the container.
   *
   * @param image the engine's id of the image, {@code sha256:…}
   */
  void rebase(String id, String image);
}
