package dev.warren;

import dev.warren.SandboxException.Code;
import dev.warren.spi.SandboxRuntime;
import dev.warren.spi.SandboxRuntimeProvider;
import dev.warren.spi.SandboxRuntimeProvider.Availability;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Finds the runtimes on the class path. Nothing is cached, and looking changes nothing. */
public final class SandboxRuntimes {
  private static final Logger log = LoggerFactory.getLogger(SandboxRuntimes.class);

  /** The engines that Warren has an artifact for, and how that is called. */
  private static final Map<String, String> ARTIFACTS =
      new TreeMap<>(
          Map.of(
              "containerd", "dev.warren:warren-containerd", "docker", "dev.warren:warren-docker"));

  private SandboxRuntimes() {}

  /**
   * Opens the one engine that is there.
   *
   * <p>Only when no engine's artifact is on the class path, it is the embedded {@code process}
   * runtime, which isolates nothing; a warning says so. An engine that is on the class path and
   * does not answer is an error, never a silent fallback.
   *
   * @throws SandboxException {@code UNAVAILABLE} with the reason of every engine, which for those
   *     that are not on the class path is the artifact to add; {@code CONFLICT} when there are
   *     several, naming them
   */
  public static SandboxRuntime discover() {
    return discover(StateDirectory.standard());
  }

  /** As {@link #discover()}, with the files of Warren in the given directory. */
  public static SandboxRuntime discover(StateDirectory stateDirectory) {
    List<SandboxRuntimeProvider> providers = SandboxRuntimeProvider.installed();
    List<SandboxRuntimeProvider> engines = providers.stream().filter(p -> !p.embedded()).toList();
    if (engines.isEmpty()) {
      SandboxRuntimeProvider embedded = providers.get(0);
      log.warn(
          "No container engine is on the class path: sandboxes run as plain processes of this host,"
              + " without isolation. Add one of {} for real ones.",
          ARTIFACTS.values());
      return embedded.open(stateDirectory);
    }
    List<SandboxRuntimeProvider> available = new ArrayList<>();
    Map<String, String> reasons = new TreeMap<>();
    ARTIFACTS.forEach(
        (name, artifact) -> reasons.put(name, "not on the class path, add " + artifact));
    for (SandboxRuntimeProvider provider : engines) {
      if (provider.probe() instanceof Availability.Unavailable unavailable) {
        reasons.put(provider.name(), unavailable.reason());
      } else {
        available.add(provider);
      }
    }
    if (available.isEmpty()) {
      String all =
          reasons.entrySet().stream()
              .map(reason -> reason.getKey() + ": " + reason.getValue())
              .collect(Collectors.joining("; "));
      throw SandboxException.of(Code.UNAVAILABLE, "discover runtime", "")
          .detail("no engine is available (" + all + ")")
          .remedy("start one, or choose one with SandboxRuntimes.open(name)")
          .build();
    }
    if (available.size() > 1) {
      String names =
          String.join(" and ", available.stream().map(SandboxRuntimeProvider::name).toList());
      throw SandboxException.of(Code.CONFLICT, "discover runtime", "")
          .detail(names + " are all available")
          .remedy("choose one with SandboxRuntimes.open(name)")
          .build();
    }
    return available.get(0).open(stateDirectory);
  }

  /**
   * Opens a runtime by its name, with its default settings.
   *
   * @throws SandboxException {@code NOT_FOUND} with the names there are, {@code UNAVAILABLE}
   */
  public static SandboxRuntime open(String name) {
    return open(name, StateDirectory.standard());
  }

  /** As {@link #open(String)}, with the files of Warren in the given directory. */
  public static SandboxRuntime open(String name, StateDirectory stateDirectory) {
    List<SandboxRuntimeProvider> providers = SandboxRuntimeProvider.installed();
    for (SandboxRuntimeProvider provider : providers) {
      if (provider.name().equals(name)) {
        return provider.open(stateDirectory);
      }
    }
    throw SandboxException.of(Code.NOT_FOUND, "open runtime", name)
        .detail("there are " + providers.stream().map(SandboxRuntimeProvider::name).toList())
        .remedy(
            ARTIFACTS.containsKey(name)
                ? "add the artifact " + ARTIFACTS.get(name) + " or use one of these names"
                : "use one of these names, or add the artifact that has it")
        .build();
  }
}
