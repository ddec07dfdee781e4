package dev.warren.containerd.internal.network;

import com.fasterxml.jackson.databind.JsonNode;
import dev.warren.SandboxException;
import dev.warren.SandboxException.Code;
import dev.warren.containerd.internal.client.ContainerdErrors;
import dev.warren.containerd.internal.files.ContainerFiles;
import dev.warren.containerd.internal.network.Attachment.Place;
import dev.warren.engine.internal.fault.EngineText;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Attaches tasks to their network and remembers it. Plugins remember nothing themselves but the
 * addresses in use, and a second ADD is an error to them: so the result of the first is kept in the
 * container's directory, and an address is recovered from there and the kernel's tables. Calls for
 * one container must not overlap.
 */
public final class Attachments {
  private static final Logger log = LoggerFactory.getLogger(Attachments.class);

  /** Instead of a pid: there is no task any more. */
  public static final long GONE = 0;

  private static final String FILE = "network.json";
  private static final String INTERFACE = "eth0";
  private static final Path PROC = Path.of("/proc");

  private final NetworkSettings options;
  private final ContainerFiles files;
  private final String owner;
  private final CniPlugins plugins;
  private final Bridge bridge;

  /**
   * @param owner tells our ids in the address directory from those of other engines
   */
  public Attachments(
      NetworkSettings options, ContainerFiles files, String owner, Executor readers) {
    this.options = options;
    this.files = files;
    this.owner = owner;
    this.plugins = new CniPlugins(options.binDirectories(), options.timeout(), readers);
    this.bridge = new Bridge(options);
  }

  /** Why no task can be attached; empty when nothing speaks against it. */
  public static String missing(NetworkSettings options) {
    return new CniPlugins(options.binDirectories(), options.timeout(), Runnable::run)
        .missing(
            options.conflist().isPresent()
                ? List.of()
                : NetworkList.builtIn(options, false).types());
  }

  /**
   * Attaches a task that has no attachment, and answers its address. After a failure nothing is
   * left.
   *
   * @throws SandboxException {@code UNAVAILABLE}, {@code RESOURCE_EXHAUSTED}, {@code CANCELLED}
   */
  public String attach(String id, long pid, boolean egress) {
    Path namespace = namespace(pid);
    if (!Files.exists(namespace)) {
      throw error(Code.UNAVAILABLE, id, "the task's network namespace cannot be seen", null)
          .remedy("run the application in the host's pid namespace")
          .build();
    }
    CniNetwork network = network(egress);
    if (options.conflist().isEmpty()) {
      bridge.ensure();
    }
    Place place = new Place(cniId(id), namespace.toString(), INTERFACE);
    files.writeJson(id, FILE, Attachment.begun(egress).write());
    try {
      Attachment attachment = new Attachment(egress, add(network, place));
      String address =
          attachment
              .address()
              .orElseThrow(
                  () -> error(Code.UNAVAILABLE, id, "the network gave no address", null).build());
      files.writeJson(id, FILE, attachment.write());
      attachment.hostInterface().ifPresent(bridge::isolate);
      return address;
    } catch (CniFault e) {
      release(id, egress, pid);
      throw translate(id, e);
    } catch (RuntimeException e) {
      release(id, egress, pid);
      throw e;
    }
  }

  /** What an earlier life left in the way is removed once, and the ADD repeated. */
  private static JsonNode add(CniNetwork network, Place place) throws CniFault {
    try {
      return network.add(place);
    } catch (CniFault e) {
      if (e.kind() != CniFault.Kind.EXISTS) {
        throw e;
      }
      log.info("{}: removing a stale attachment", place.containerId());
      network.del(place, null);
      return network.add(place);
    }
  }

  /** The address of an attached task, as its namespace has it now. */
  public Optional<String> current(String id, long pid) {
    List<String> real = HostRoutes.addressesOf(PROC, pid);
    Optional<String> kept = read(id).flatMap(Attachment::address);
    if (kept.isPresent() && real.contains(kept.get())) {
      return kept;
    }
    return real.stream().findFirst();
  }

  /** Whether this host has a route to the address. */
  public boolean reaches(String address) {
    return HostRoutes.reaches(PROC, address);
  }

  /** As {@link #release(String, boolean, long)}, for a task that has ended. */
  public void release(String id, boolean egress) {
    release(id, egress, GONE);
  }

  /** Detaches; a failure is logged, and tried again by {@link #repair}. */
  public void release(String id, boolean egress, long pid) {
    boolean interrupted = Thread.interrupted();
    try {
      detach(id, egress, pid);
    } catch (CniFault | RuntimeException e) {
      log.warn("release network of {}: {}", id, EngineText.withoutPaths(e.getMessage()));
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /**
   * Detaches.
   *
   * @param pid of a task that runs, else {@link #GONE}
   * @throws SandboxException {@code UNAVAILABLE}, {@code CANCELLED}
   */
  public void remove(String id, boolean egress, long pid) {
    try {
      detach(id, egress, pid);
    } catch (CniFault e) {
      throw translate(id, e);
    }
  }

  private void detach(String id, boolean egress, long pid) throws CniFault {
    // Without the namespace the addresses are freed all the same, and the rest went with it.
    Path path = namespace(pid);
    String namespace = pid != GONE && Files.exists(path) ? path.toString() : "";
    Optional<Attachment> kept = read(id);
    boolean actual = kept.map(Attachment::egress).orElse(egress);
    JsonNode result = kept.map(Attachment::result).orElse(null);
    network(actual).del(new Place(cniId(id), namespace, INTERFACE), result);
    files.remove(id, FILE);
  }

  /** Whether something was attached and never released. */
  public boolean isKept(String id) {
    return read(id).isPresent();
  }

  /** Whether an address is in use by a container that this state directory does not know. */
  public boolean isAllocated(String id) {
    return !files.exists(id)
        && (options.conflist().isPresent() || allocated(cniId(id)).contains(""));
  }

  /**
   * Releases what tasks that are gone have left: after a crash nobody else does.
   *
   * @param live ids of tasks that have not ended
   */
  public void repair(Set<String> live) {
    for (String id : files.ids()) {
      if (!live.contains(id) && isKept(id)) {
        release(id, false);
      }
    }
    String prefix = owner + "--";
    for (String id : allocated(prefix)) {
      if (!live.contains(id)) {
        release(id, false);
      }
    }
  }

  /** The rest of the ids that begin so. */
  private List<String> allocated(String prefix) {
    List<String> ids = new ArrayList<>();
    Path directory = options.addressDirectory().resolve(options.bridge());
    if (options.conflist().isPresent() || !Files.isDirectory(directory)) {
      return ids;
    }
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(directory, "[0-9]*")) {
      for (Path entry : entries) {
        String first = Files.readString(entry).lines().findFirst().orElse("").strip();
        if (first.startsWith(prefix)) {
          ids.add(first.substring(prefix.length()));
        }
      }
    } catch (IOException | java.io.UncheckedIOException e) {
      log.debug("the addresses in use cannot be read", e);
    }
    return ids;
  }

  /** Ids have no two dashes in a row, so the owner is told from the id. */
  private String cniId(String id) {
    return owner + "--" + id;
  }

  private CniNetwork network(boolean egress) {
    NetworkList list =
        options
            .conflist()
            .map(NetworkList::read)
            .orElseGet(() -> NetworkList.builtIn(options, egress));
    return new CniNetwork(list, plugins);
  }

  private static Path namespace(long pid) {
    return PROC.resolve(Long.toString(pid)).resolve("ns/net");
  }

  private Optional<Attachment> read(String id) {
    return files.readJson(id, FILE).map(Attachment::read);
  }

  private static SandboxException translate(String id, CniFault fault) {
    Code code =
        switch (fault.kind()) {
          case EXHAUSTED -> Code.RESOURCE_EXHAUSTED;
          case INTERRUPTED -> Code.CANCELLED;
          default -> Code.UNAVAILABLE;
        };
    String detail = EngineText.withoutPaths(String.valueOf(fault.getMessage()));
    SandboxException.Builder error = error(code, id, detail, fault);
    if (fault.kind() == CniFault.Kind.MISSING) {
      error.remedy("install the CNI plugins, or name their directory in CniOptions");
    } else if (fault.kind() == CniFault.Kind.EXHAUSTED) {
      error.remedy("delete sandboxes, or use a larger subnet");
    }
    return error.build();
  }

  private static SandboxException.Builder error(
      Code code, String id, String detail, @Nullable Throwable cause) {
    return SandboxException.of(code, "set up network", id)
        .backend(ContainerdErrors.BACKEND)
        .detail(detail)
        .cause(cause);
  }
}
