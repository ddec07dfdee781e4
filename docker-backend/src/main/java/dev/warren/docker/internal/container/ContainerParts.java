package dev.warren.docker.internal.container;

import dev.warren.StateDirectory;
import dev.warren.docker.internal.client.DockerEngine;
import dev.warren.docker.internal.client.EngineFacts;
import dev.warren.docker.internal.network.NetworkPlan;
import dev.warren.spi.HostPaths;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.regex.Pattern;

/** Puts together what makes containers. */
public final class ContainerParts {
  private static final Pattern ZONE =
      Pattern.compile("[A-Za-z0-9_+-]{1,64}(?:/[A-Za-z0-9_+-]{1,64}){0,3}");

  private ContainerParts() {}

  /**
   * The maker of containers for an engine.
   *
   * @param network is told the name of a container's network before it is made
   */
  public static NewContainers maker(
      DockerEngine engine,
      EngineFacts facts,
      Ownership owner,
      ContainerLookup lookup,
      HostPaths paths,
      NetworkPlan networks,
      Consumer<String> network,
      StateDirectory state) {
    MountList mounts = new MountList(paths, networks.sharedHost());
    Optional<String> zone =
        Optional.ofNullable(System.getenv("TZ")).filter(name -> ZONE.matcher(name).matches());
    SeccompOption seccomp = new SeccompOption(engine.version(), networks.sharedHost(), state);
    SpecDocument documents =
        new SpecDocument(engine.version(), facts, owner, mounts, networks, seccomp, zone);
    return new NewContainers(
        engine,
        owner,
        lookup,
        documents,
        network,
        new InitialFiles(engine, state),
        new OpenFiles(engine, networks.sharedHost()));
  }
}
