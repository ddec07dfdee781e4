package dev.warren.docker;

import dev.warren.SandboxException;
import dev.warren.docker.internal.client.DockerEngine;
import dev.warren.docker.internal.container.ContainerLookup;
import dev.warren.docker.internal.container.ContainerMaker;
import dev.warren.docker.internal.container.Ownership;
import dev.warren.docker.internal.image.DockerImages;
import dev.warren.docker.internal.snapshot.DockerSnapshots;
import dev.warren.spi.ContainerInfo;
import dev.warren.spi.ContainerSpec;
import dev.warren.spi.Containers;
import dev.warren.spi.Images;
import dev.warren.spi.Metrics;
import dev.warren.spi.Networks;
import dev.warren.spi.Pause;
import dev.warren.spi.RuntimeEvent;
import dev.warren.spi.RuntimeInfo;
import dev.warren.spi.RuntimeInfo.Capability;
import dev.warren.spi.SandboxRuntime;
import dev.warren.spi.Snapshots;
import dev.warren.spi.StateDirectory;
import dev.warren.spi.Tasks;
import java.util.EnumSet;
import java.util.Optional;
import java.util.function.Consumer;

/** Puts the parts of a runtime together, and ends them. */
final class RuntimeAssembly implements AutoCloseable {
  private final RuntimeSettings settings;
  private final DockerEngine engine;
  private final RuntimeInfo info;
  private final DockerImages images;
  private final DockerSnapshots snapshots;

  private RuntimeAssembly(RuntimeSettings settings, DockerEngine engine) {
    this.settings = settings;
    this.engine = engine;
    this.info =
        new RuntimeInfo(
            DockerRuntime.NAME, engine.version().text(), EnumSet.allOf(Capability.class));
    this.images = new DockerImages(engine, settings.registries());
    Ownership owner = new Ownership(settings.owner());
    ContainerLookup lookup = new ContainerLookup(engine, owner);
    this.snapshots =
        new DockerSnapshots(
            engine,
            owner,
            lookup,
            new Later(),
            () -> settings.stateDirectory().directory("docker"));
  }

  static RuntimeAssembly open(RuntimeSettings settings) {
    DockerEngine engine = DockerEngine.open(settings.endpoint());
    try {
      return new RuntimeAssembly(settings, engine);
    } catch (RuntimeException e) {
      engine.close();
      throw e;
    }
  }

  RuntimeInfo info() {
    return info;
  }

  StateDirectory stateDirectory() {
    return settings.stateDirectory();
  }

  void ping() {
    engine.ping();
  }

  Images images() {
    return images;
  }

  Containers containers() {
    return Later.<Containers>nothing().orElseThrow(Later::unsupported);
  }

  Tasks tasks() {
    return Later.<Tasks>nothing().orElseThrow(Later::unsupported);
  }

  Networks networks() {
    return Later.<Networks>nothing().orElseThrow(Later::unsupported);
  }

  Snapshots snapshots() {
    return snapshots;
  }

  Metrics metrics() {
    return Later.<Metrics>nothing().orElseThrow(Later::unsupported);
  }

  Pause pause() {
    return Later.<Pause>nothing().orElseThrow(Later::unsupported);
  }

  SandboxRuntime.Subscription watch(Consumer<RuntimeEvent> listener) {
    return Later.<SandboxRuntime.Subscription>nothing().orElseThrow(Later::unsupported);
  }

  @Override
  public void close() {
    images.close();
    engine.close();
  }

  private static final class Later implements ContainerMaker {
    static <T> Optional<T> nothing() {
      return Optional.empty();
    }

    static SandboxException unsupported() {
      return SandboxException.of(SandboxException.Code.UNSUPPORTED, "use runtime", "").build();
    }

    @Override
    public ContainerInfo create(ContainerSpec spec, String image) {
      throw unsupported();
    }

    @Override
    public void rebase(String id, String image) {
      throw unsupported();
    }
  }
}
