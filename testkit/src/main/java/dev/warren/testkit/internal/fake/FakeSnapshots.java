package dev.warren.testkit.internal.fake;

import dev.warren.SandboxException.Code;
import dev.warren.spi.ContainerInfo;
import dev.warren.spi.ContainerSpec;
import dev.warren.spi.Snapshot;
import dev.warren.spi.Snapshots;
import dev.warren.spi.Usage;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Copies of layers, as directories. They know no image, so archives have no whiteouts. */
public final class FakeSnapshots implements Snapshots {
  private static final String NAME = "[A-Za-z0-9._-]{1,128}";

  private final FakeEngine engine;
  private final Gate gate;
  private final Map<String, Snapshot> snapshots;

  /**
   * @param snapshots those of the engine, shared by all its runtimes
   */
  public FakeSnapshots(FakeEngine engine, Gate gate, Map<String, Snapshot> snapshots) {
    this.engine = engine;
    this.gate = gate;
    this.snapshots = snapshots;
  }

  public static Map<String, Snapshot> none() {
    return new ConcurrentHashMap<>();
  }

  @Override
  public Snapshot commit(String containerId, String name) {
    String operation = "commit snapshot";
    gate.enter("snapshots.commit", name);
    if (!name.matches(NAME) || name.matches("\\.{1,2}")) {
      throw FakeError.of(Code.INVALID_ARGUMENT, operation, name, "the name is malformed");
    }
    FakeContainer container = stopped(operation, containerId);
    Snapshot snapshot = new Snapshot(name, containerId, Instant.now());
    if (snapshots.putIfAbsent(name, snapshot) != null) {
      throw FakeError.of(Code.ALREADY_EXISTS, operation, name, "the name is taken");
    }
    try {
      FileTree.copy(container.layer(), directory(name));
      return snapshot;
    } catch (IOException e) {
      snapshots.remove(name);
      throw FakeError.io(operation, name, e);
    }
  }

  @Override
  public List<Snapshot> list() {
    gate.enter("snapshots.list", "");
    return snapshots.values().stream().sorted(Comparator.comparing(Snapshot::created)).toList();
  }

  @Override
  public List<Snapshot> list(String containerId) {
    return list().stream().filter(s -> s.containerId().equals(containerId)).toList();
  }

  @Override
  public Usage usage(String name) {
    gate.enter("snapshots.usage", name);
    return measure(name, require("measure snapshot", name));
  }

  @Override
  public Usage containerUsage(String containerId) {
    gate.enter("snapshots.containerUsage", containerId);
    return measure(containerId, engine.require("measure layer of", containerId).layer());
  }

  @Override
  public ContainerInfo restore(ContainerSpec spec, String name) {
    gate.enter("snapshots.restore", name);
    Path source = require("restore snapshot", name);
    return engine.create("restore snapshot", spec, layer -> FileTree.copy(source, layer));
  }

  @Override
  public void delete(String name) {
    gate.enter("snapshots.delete", name);
    snapshots.remove(name);
    try {
      FileTree.delete(directory(name));
    } catch (IOException e) {
      throw FakeError.io("delete snapshot", name, e);
    }
  }

  @Override
  public List<String> orphaned() {
    gate.enter("snapshots.orphaned", "");
    return engine.orphaned();
  }

  @Override
  public ContainerInfo adopt(ContainerSpec spec) {
    gate.enter("snapshots.adopt", spec.id());
    return engine.adopt("adopt layer", spec);
  }

  @Override
  public InputStream export(String containerOrSnapshot) {
    String operation = "export layer";
    gate.enter("snapshots.export", containerOrSnapshot);
    Path source =
        snapshots.containsKey(containerOrSnapshot)
            ? directory(containerOrSnapshot)
            : stopped(operation, containerOrSnapshot).layer();
    ByteArrayOutputStream tar = new ByteArrayOutputStream();
    try {
      new TarWriter(tar).write(source, name -> false);
    } catch (IOException e) {
      throw FakeError.io(operation, containerOrSnapshot, e);
    }
    return new ByteArrayInputStream(tar.toByteArray());
  }

  @Override
  public void importInto(String containerId, InputStream tar) {
    String operation = "import layer";
    gate.enter("snapshots.importInto", containerId);
    FakeContainer container = engine.require(operation, containerId);
    if (container.task().isPresent()) {
      throw FakeError.of(Code.CONFLICT, operation, containerId, "it has run already");
    }
    Path staged = engine.snapshots().resolve(".import-" + containerId);
    try {
      Files.createDirectory(staged);
      new TarReader(tar).unpack(staged);
      FileTree.copy(staged, container.layer());
    } catch (TarReader.BadArchive e) {
      throw FakeError.of(Code.INVALID_ARGUMENT, operation, containerId, e.getMessage());
    } catch (IOException e) {
      throw FakeError.io(operation, containerId, e);
    } finally {
      discard(staged);
    }
  }

  private static void discard(Path staged) {
    try {
      FileTree.delete(staged);
    } catch (IOException e) {
      throw FakeError.io("clean up import", "", e);
    }
  }

  private FakeContainer stopped(String operation, String id) {
    FakeContainer container = engine.require(operation, id);
    if (container.running()) {
      throw FakeError.of(Code.CONFLICT, operation, id, "it is running");
    }
    return container;
  }

  private Path require(String operation, String name) {
    if (!snapshots.containsKey(name)) {
      throw FakeError.of(Code.NOT_FOUND, operation, name, "there is no such snapshot");
    }
    return directory(name);
  }

  private Path directory(String name) {
    return engine.snapshots().resolve(name);
  }

  private static Usage measure(String subject, Path root) {
    try {
      return FileTree.usage(root);
    } catch (IOException e) {
      throw FakeError.io("measure", subject, e);
    }
  }
}
