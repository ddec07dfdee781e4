package dev.warren.doctor.internal;

import dev.warren.Finding;
import dev.warren.Finding.Severity;
import dev.warren.StateDirectory;
import dev.warren.spi.SandboxRuntimeProvider;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;

/** Runs all checks side by side, within a time. Immutable and thread-safe. */
public final class Examiner {
  private static final Duration LIMIT = Duration.ofSeconds(10);
  private static final Duration PROGRAM_LIMIT = Duration.ofSeconds(3);

  private final List<Check> checks;
  private final Duration limit;

  Examiner(List<Check> checks, Duration limit) {
    this.checks = List.copyOf(checks);
    this.limit = limit;
  }

  /** For this host. */
  public static Examiner of(StateDirectory state, List<SandboxRuntimeProvider> providers) {
    Host host = new Host(Path.of("/"), new BoundedCommands(PROGRAM_LIMIT));
    return new Examiner(checks(host, new HostVolumes(host), state, providers), LIMIT);
  }

  static List<Check> checks(
      Host host, Volumes volumes, StateDirectory state, List<SandboxRuntimeProvider> providers) {
    Advisories advisories = Advisories.load();
    Packages packages = new Packages(host);
    VersionJudge versions = new VersionJudge(advisories, packages);
    SpaceJudge space = new SpaceJudge(volumes);
    List<Check> checks =
        new ArrayList<>(
            List.of(
                new KernelCheck(host, advisories, packages),
                new AlgSocketsCheck(host),
                new SeccompCheck(host),
                new UserNamespacesCheck(host),
                new CgroupCheck(host),
                new ProgramsCheck(host, packages, versions),
                new SocketsCheck(host),
                new SpaceCheck(host, space, state),
                new LimitsCheck(host),
                new DevicesCheck(host),
                new TimeZonesCheck(host)));
    providers.forEach(provider -> checks.add(new BackendCheck(provider)));
    HostExamination examination = new HostExamination(host, versions, space);
    providers.forEach(provider -> checks.add(new EngineCheck(provider, examination)));
    return checks;
  }

  /** Never throws; what could not be done is a finding. Takes ten seconds at most. */
  public List<Finding> examine() {
    ExecutorService threads = Executors.newCachedThreadPool(daemons());
    try {
      List<Callable<List<Finding>>> calls = new ArrayList<>();
      checks.forEach(check -> calls.add(check::look));
      List<Future<List<Finding>>> answers =
          threads.invokeAll(calls, limit.toNanos(), TimeUnit.NANOSECONDS);
      // A later finding takes the place of an earlier one with its id: providers come last.
      Map<String, Finding> findings = new LinkedHashMap<>();
      for (int i = 0; i < answers.size(); i++) {
        answer(checks.get(i), answers.get(i)).forEach(it -> findings.put(it.id(), it));
      }
      return List.copyOf(findings.values());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return List.of(Finding.of("doctor", Severity.UNKNOWN, "the examination was interrupted"));
    } finally {
      threads.shutdownNow();
    }
  }

  private List<Finding> answer(Check check, Future<List<Finding>> answer)
      throws InterruptedException {
    try {
      return List.copyOf(answer.get());
    } catch (CancellationException e) {
      return unknown(check, "did not end within " + limit.toMillis() + " ms");
    } catch (ExecutionException e) {
      return unknown(check, "broke off with " + e.getCause().getClass().getSimpleName());
    } catch (NullPointerException e) {
      return unknown(check, "gave no answer");
    }
  }

  private static List<Finding> unknown(Check check, String why) {
    return List.of(
        Finding.of(
            check.subject(), Severity.UNKNOWN, "the check of " + check.subject() + " " + why));
  }

  private static ThreadFactory daemons() {
    return task -> {
      Thread thread = new Thread(task, "warren-doctor");
      thread.setDaemon(true);
      return thread;
    };
  }
}
