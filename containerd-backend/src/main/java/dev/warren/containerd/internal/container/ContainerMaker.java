package dev.warren.containerd.internal.container;

import com.google.protobuf.Any;
import com.google.protobuf.ByteString;
import dev.warren.Mount;
import dev.warren.SandboxException;
import dev.warren.SandboxException.Code;
import dev.warren.containerd.internal.api.containers.Container;
import dev.warren.containerd.internal.api.runc.Options;
import dev.warren.containerd.internal.client.ContainerdClient;
import dev.warren.containerd.internal.client.ContainerdErrors;
import dev.warren.containerd.internal.content.LayerContent;
import dev.warren.containerd.internal.files.ContainerFiles;
import dev.warren.containerd.internal.files.HostFiles;
import dev.warren.containerd.internal.files.ResolvConf;
import dev.warren.containerd.internal.image.ImageStore;
import dev.warren.containerd.internal.image.ResolvedImage;
import dev.warren.containerd.internal.oci.Json;
import dev.warren.containerd.internal.oci.LayerFiles;
import dev.warren.containerd.internal.oci.ResolvedUser;
import dev.warren.containerd.internal.oci.RuntimeNames;
import dev.warren.containerd.internal.oci.RuntimeNames.RuntimeName;
import dev.warren.containerd.internal.oci.RuntimeSpec;
import dev.warren.containerd.internal.oci.UserName;
import dev.warren.spi.ContainerInfo;
import dev.warren.spi.ContainerSpec;
import dev.warren.spi.HostPaths;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/**
 * Makes containers: from an image, from a snapshot, around a layer that was left behind.
 *
 * <p>The record comes first and the layer after it: a collection in between takes layers that no
 * record names, and a crash in between leaves a record, which a delete clears.
 */
public final class ContainerMaker {
  private static final String OPTIONS_TYPE = "containerd.runc.v1.Options";

  private final ContainerdClient client;
  private final String snapshotter;
  private final ContainerRecords records;
  private final WritableLayers layers;
  private final ImageStore images;
  private final RuntimeSpec runtimeSpec;
  private final RuntimeNames runtimes;
  private final HostFiles hostFiles;
  private final HostPaths hostPaths;
  private final InitialFiles initialFiles;

  public ContainerMaker(
      ContainerdClient client,
      String snapshotter,
      ContainerRecords records,
      WritableLayers layers,
      ImageStore images,
      RuntimeSpec runtimeSpec,
      ContainerFiles files,
      HostPaths hostPaths) {
    this.client = client;
    this.snapshotter = snapshotter;
    this.records = records;
    this.layers = layers;
    this.images = images;
    this.runtimeSpec = runtimeSpec;
    this.runtimes = RuntimeNames.onPath(Optional.ofNullable(System.getenv("PATH")).orElse(""));
    this.hostFiles = new HostFiles(files, ResolvConf.ofThisHost());
    this.hostPaths = hostPaths;
    this.initialFiles = new InitialFiles(new LayerContent(client), layers);
  }

  /** Makes a container with an empty writable layer. */
  public ContainerInfo fromImage(ContainerSpec spec) {
    return make(spec, Optional.empty());
  }

  /** Makes a container whose layer starts as a committed snapshot. */
  public ContainerInfo fromSnapshot(ContainerSpec spec, String snapshotKey) {
    return make(spec, Optional.of(snapshotKey));
  }

  private ContainerInfo make(ContainerSpec spec, Optional<String> snapshotKey) {
    Plan plan = plan(spec, snapshotKey);
    initialFiles.check(spec);
    if (layers.stat(spec.id()).isPresent() && records.find(spec.id()).isEmpty()) {
      throw WritableLayers.orphan(spec.id());
    }
    Container made = records.create(plan.record());
    boolean prepared = false;
    try {
      prepare(spec.id(), plan.parent());
      prepared = true;
      initialFiles.put(spec);
      return ContainerRecords.info(made);
    } catch (RuntimeException e) {
      boolean layerToo = prepared || !ContainerdErrors.isAlreadyExists(e);
      client.cleanUp(
          "undo create of",
          spec.id(),
          () -> {
            if (layerToo) {
              layers.remove(spec.id());
            }
            records.delete(spec.id());
          });
      throw e;
    }
  }

  private void prepare(String id, String parent) {
    try {
      layers.prepare(id, parent);
    } catch (SandboxException e) {
      if (e.code() == Code.ALREADY_EXISTS) {
        throw WritableLayers.orphan(id);
      }
      if (e.code() != Code.NOT_FOUND) {
        throw e;
      }
      throw SandboxException.of(Code.NOT_FOUND, "create", id)
          .backend(ContainerdErrors.BACKEND)
          .detail("the layers of its image are not unpacked for this snapshotter")
          .remedy("pull the image again")
          .cause(e)
          .build();
    }
  }

  /** Makes a container around the layer of its id. */
  public ContainerInfo around(ContainerSpec spec) {
    Plan plan = plan(spec, Optional.empty());
    if (!layers.exists(spec.id())) {
      throw SandboxException.of(Code.NOT_FOUND, "adopt", spec.id())
          .backend(ContainerdErrors.BACKEND)
          .detail("there is no writable layer of this id")
          .build();
    }
    return ContainerRecords.info(records.create(plan.record()));
  }

  /** All that can be refused is refused here, before anything is changed. */
  private Plan plan(ContainerSpec spec, Optional<String> snapshotKey) {
    RuntimeSpec.check(spec);
    Optional<UserName> user = spec.user().map(name -> UserName.parse(name, spec.id()));
    RuntimeName runtime = runtimes.find(spec.runtimeName(), spec.id());
    Map<String, Path> binds = new HashMap<>();
    for (Mount mount : spec.mounts()) {
      if (mount instanceof Mount.Bind bind) {
        binds.put(bind.target(), hostPaths.resolve(bind));
      }
    }
    ResolvedImage image = images.resolve(spec.image());
    String parent = snapshotKey.orElse(image.chainId());
    ResolvedUser who = user.map(name -> resolve(name, parent, spec.id())).orElse(ResolvedUser.ROOT);
    ByteString json =
        Json.bytes(
            runtimeSpec.write(
                spec,
                image.config(),
                who,
                binds,
                hostFiles.mounts(spec.id()),
                runtime.sharesKernel()));
    return new Plan(record(spec, runtime, json), parent);
  }

  private ResolvedUser resolve(UserName name, String parent, String id) {
    if (name.numeric()) {
      return name.resolve(Lookup.NONE, id);
    }
    ResolvedUser[] found = new ResolvedUser[1];
    layers.view(
        parent,
        "warren-view-" + UUID.randomUUID(),
        mounts -> {
          LayerFiles files = LayerFiles.of(mounts, id);
          found[0] = name.resolve(new Lookup(files), id);
        });
    return found[0];
  }

  private Container record(ContainerSpec spec, RuntimeName runtime, ByteString json) {
    Container.Runtime.Builder engine = Container.Runtime.newBuilder().setName(runtime.name());
    runtime
        .binary()
        .ifPresent(
            binary ->
                engine.setOptions(
                    Any.newBuilder()
                        .setTypeUrl(OPTIONS_TYPE)
                        .setValue(
                            Options.newBuilder().setBinaryName(binary).build().toByteString())));
    return Container.newBuilder()
        .setId(spec.id())
        .putAllLabels(spec.labels())
        .setImage(spec.image().toString())
        .setRuntime(engine)
        .setSpec(ContainerRecords.specification(json))
        .setSnapshotter(snapshotter)
        .setSnapshotKey(spec.id())
        .build();
  }

  private record Plan(Container record, String parent) {}

  private record Lookup(LayerFiles files) implements UserName.Accounts {
    static final Lookup NONE = new Lookup(LayerFiles.none());

    @Override
    public String passwd() {
      return files.read("etc", "passwd");
    }

    @Override
    public String group() {
      return files.read("etc", "group");
    }
  }
}
