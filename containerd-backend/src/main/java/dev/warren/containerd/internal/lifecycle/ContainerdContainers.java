package dev.warren.containerd.internal.lifecycle;

import dev.warren.SandboxException;
import dev.warren.containerd.internal.api.containers.Container;
import dev.warren.containerd.internal.container.ContainerMaker;
import dev.warren.containerd.internal.container.ContainerRecords;
import dev.warren.spi.ContainerInfo;
import dev.warren.spi.ContainerSpec;
import dev.warren.spi.Containers;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/** The containers of one namespace. */
public final class ContainerdContainers implements Containers {
  private final ContainerRecords records;
  private final ContainerMaker maker;
  private final ContainerRemoval removal;

  public ContainerdContainers(
      ContainerRecords records, ContainerMaker maker, ContainerRemoval removal) {
    this.records = records;
    this.maker = maker;
    this.removal = removal;
  }

  @Override
  public ContainerInfo create(ContainerSpec spec) {
    return maker.fromImage(spec);
  }

  @Override
  public Optional<ContainerInfo> get(String id) {
    return records.find(id).map(ContainerRecords::info);
  }

  @Override
  public List<ContainerInfo> list() {
    return infos(() -> records.list());
  }

  @Override
  public List<ContainerInfo> listByLabel(String key) {
    checkKey(key);
    return infos(() -> records.list(LabelFilter.has(key)));
  }

  @Override
  public List<ContainerInfo> listByLabel(String key, String value) {
    checkKey(key);
    return infos(() -> records.list(LabelFilter.is(key, value)));
  }

  private static List<ContainerInfo> infos(Supplier<List<Container>> found) {
    return found.get().stream().map(ContainerRecords::info).toList();
  }

  private static void checkKey(String key) {
    if (key.isEmpty()) {
      throw SandboxException.invalid("list containers", "", "a label has a name");
    }
  }

  @Override
  public void delete(String id) {
    removal.remove(id);
  }
}
