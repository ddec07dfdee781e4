package dev.warren.docker.internal.snapshot;

import dev.warren.SandboxException;
import dev.warren.docker.internal.client.DockerEngine;
import dev.warren.docker.internal.container.ContainerLookup;
import dev.warren.docker.internal.container.ContainerMaker;
import dev.warren.docker.internal.container.Ownership;
import dev.warren.spi.ContainerInfo;
import dev.warren.spi.ContainerSpec;
import dev.warren.spi.Snapshot;
import dev.warren.spi.Snapshots;
import dev.warren.spi.Usage;
import java.io.InputStream;
import java.util.List;

/** Copies of writable layers, as images of this runtime. */
public final class DockerSnapshots implements Snapshots {

  public DockerSnapshots(
      DockerEngine engine, Ownership owner, ContainerLookup containers, ContainerMaker maker) {}

  @Override
  public Snapshot commit(String containerId, String name) {
    throw unsupported();
  }

  @Override
  public List<Snapshot> list() {
    throw unsupported();
  }

  @Override
  public List<Snapshot> list(String containerId) {
    throw unsupported();
  }

  @Override
  public Usage usage(String name) {
    throw unsupported();
  }

  @Override
  public Usage containerUsage(String containerId) {
    throw unsupported();
  }

  @Override
  public ContainerInfo restore(ContainerSpec spec, String name) {
    throw unsupported();
  }

  @Override
  public void delete(String name) {
    throw unsupported();
  }

  @Override
  public List<String> orphaned() {
    throw unsupported();
  }

  @Override
  public ContainerInfo adopt(ContainerSpec spec) {
    throw unsupported();
  }

  @Override
  public InputStream export(String containerOrSnapshot) {
    throw unsupported();
  }

  @Override
  public void importInto(String containerId, InputStream tar) {
    throw unsupported();
  }

  private static SandboxException unsupported() {
    return SandboxException.of(SandboxException.Code.UNSUPPORTED, "use snapshots", "").build();
  }
}
