package dev.warren;

import dev.warren.DoctorReport.Finding;
import dev.warren.DoctorReport.Severity;
import dev.warren.SandboxException.Code;
import dev.warren.internal.doctor.Doctor;
import dev.warren.spi.SandboxRuntime;
import dev.warren.spi.SandboxRuntimeProvider;
import dev.warren.spi.SandboxRuntimeProvider.Availability;
import dev.warren.spi.StateDirectory;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
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
    List<SandboxRuntimeProvider> providers = providers();
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
    List<SandboxRuntimeProvider> providers = providers();
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

  /**
   * Looks at this host: the kernel, the engines and their versions against published
   * vulnerabilities, control groups, seccomp, limits, free space, and each runtime on the class
   * path. It works without privileges and says what it could not see.
   *
   * <p>Nothing is changed and nothing is thrown. It takes about as long as the programs that it
   * asks for their version, well below a second as a rule and ten at most. Thread-safe.
   */
  public static DoctorReport doctor() {
    return doctor(StateDirectory.standard());
  }

  /** As {@link #doctor()}, with the free space of the given directory. */
  public static DoctorReport doctor(StateDirectory stateDirectory) {
    List<Finding> broken = new ArrayList<>();
    List<SandboxRuntimeProvider> providers = loadable(broken);
    List<Finding> findings =
        new ArrayList<>(Doctor.of(stateDirectory, providers).look().findings());
    findings.addAll(broken);
    if (broken.isEmpty() && providers.stream().allMatch(SandboxRuntimeProvider::embedded)) {
      findings.add(
          Finding.of("backend.none", Severity.INFO, "no engine's artifact is on the class path")
              .remedy("add warren-containerd or warren-docker for sandboxes with isolation"));
    }
    return new DoctorReport(findings);
  }

  /** As {@link #providers()}, without those that cannot be loaded. */
  private static List<SandboxRuntimeProvider> loadable(List<Finding> broken) {
    try {
      return providers();
    } catch (ServiceConfigurationError e) {
      broken.add(
          Finding.of(
                  "backend.broken",
                  Severity.FAIL,
                  "a runtime on the class path cannot be loaded, so none is")
              .remedy("use artifacts of the same version, such as those of warren-bom"));
      return List.of();
    }
  }

  /** The context class loader first, as frameworks expect, else the one that loaded Warren. */
  private static List<SandboxRuntimeProvider> providers() {
    ClassLoader context = Thread.currentThread().getContextClassLoader();
    List<SandboxRuntimeProvider> found = load(context);
    return found.isEmpty() ? load(SandboxRuntimes.class.getClassLoader()) : found;
  }

  private static List<SandboxRuntimeProvider> load(ClassLoader loader) {
    return ServiceLoader.load(SandboxRuntimeProvider.class, loader).stream()
        .map(ServiceLoader.Provider::get)
        .sorted(java.util.Comparator.comparing(SandboxRuntimeProvider::name))
        .toList();
  }
}
