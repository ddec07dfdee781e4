package dev.warren.doctor.internal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.warren.Finding;
import dev.warren.Finding.Severity;
import dev.warren.StateDirectory;
import dev.warren.doctor.DoctorReport;
import dev.warren.doctor.HostDoctor;
import dev.warren.spi.Examination;
import dev.warren.spi.SandboxRuntime;
import dev.warren.spi.SandboxRuntimeProvider;
import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class ExaminerTest {
  private static final Duration LONG = Duration.ofSeconds(30);

  @TempDir Path directory;

  private record Provider(
      String name, Supplier<Availability> answer, Supplier<List<Finding>> findings)
      implements SandboxRuntimeProvider {
    @Override
    public Availability probe() {
      return answer.get();
    }

    @Override
    public List<Finding> examine(Examination examination) {
      return findings.get();
    }

    @Override
    public SandboxRuntime open(StateDirectory state) {
      throw new AssertionError("the doctor opens nothing");
    }
  }

  private static Check check(String subject, Supplier<List<Finding>> look) {
    return new Check() {
      @Override
      public String subject() {
        return subject;
      }

      @Override
      public List<Finding> look() {
        return look.get();
      }
    };
  }

  private DoctorReport look(HostTree tree, SandboxRuntimeProvider... providers) {
    return new DoctorReport(
        new Examiner(
                Examiner.checks(
                    tree.host(),
                    path -> Optional.empty(),
                    StateDirectory.at(directory.resolve("state")),
                    List.of(providers)),
                LONG)
            .examine());
  }

  @Test
  void hostWithNothingToSee_givesAReport_withoutAnAlarmOrAPath() {
    DoctorReport report = look(new HostTree(directory));
    assertThat(report.findings()).hasSizeGreaterThan(10);
    assertThat(report.worst()).isEqualTo(Severity.UNKNOWN);
    assertThat(report.findings()).extracting(Finding::id).doesNotHaveDuplicates();
    assertThat(report.render()).doesNotContain(directory.toString());
  }

  @Test
  void checkThatThrowsHangsOrAnswersNothing_isAFinding_andTheOthersStand() {
    CountDownLatch never = new CountDownLatch(1);
    Examiner doctor =
        new Examiner(
            List.of(
                check(
                    "a",
                    () -> {
                      throw new IllegalStateException("/secret/path");
                    }),
                check(
                    "b",
                    () -> {
                      try {
                        never.await();
                      } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                      }
                      return List.of();
                    }),
                check("c", () -> null),
                check(
                    "d",
                    () -> {
                      throw new NoClassDefFoundError("x");
                    }),
                check("e", () -> List.of(Finding.of("e", Severity.OK, "fine")))),
            Duration.ofSeconds(2));
    DoctorReport report = new DoctorReport(doctor.examine());
    assertThat(report.findings())
        .extracting(Finding::severity)
        .containsExactly(
            Severity.UNKNOWN, Severity.UNKNOWN, Severity.UNKNOWN, Severity.UNKNOWN, Severity.OK);
    assertThat(report.render()).contains("IllegalStateException").doesNotContain("/secret/path");
    assertThat(report.finding("b").orElseThrow().found()).contains("did not end within 2000 ms");
  }

  @Test
  void interruptedCaller_getsAReport_andKeepsItsInterrupt() {
    Thread.currentThread().interrupt();
    DoctorReport report = look(new HostTree(directory));
    assertThat(Thread.interrupted()).isTrue();
    assertThat(report.worst()).isEqualTo(Severity.UNKNOWN);
  }

  @Test
  void runtimes_areAskedWhetherTheyAreThere() {
    DoctorReport report =
        look(
            new HostTree(directory),
            new Provider(
                "one", () -> new SandboxRuntimeProvider.Availability.Available("v1"), List::of),
            new Provider(
                "two",
                () -> new SandboxRuntimeProvider.Availability.Unavailable("its socket is away"),
                List::of),
            new Provider(
                "three",
                () -> {
                  throw new IllegalStateException();
                },
                List::of));
    assertThat(report.finding("backend.one").orElseThrow().severity()).isEqualTo(Severity.OK);
    Finding two = report.finding("backend.two").orElseThrow();
    assertThat(two.severity()).isEqualTo(Severity.WARN);
    assertThat(two.found()).contains("its socket is away");
    assertThat(report.finding("backend.three").orElseThrow().severity())
        .isEqualTo(Severity.UNKNOWN);
  }

  @Test
  void providersFinding_replacesTheOneOfTheProgramOnThePath() throws IOException {
    HostTree tree =
        new HostTree(directory).program("/usr/local/bin/containerd", "containerd x 1.7.1");
    Finding better = Finding.of("containerd.version", Severity.OK, "the daemon is newer");
    DoctorReport report =
        look(
            tree,
            new Provider(
                "containerd",
                () -> new SandboxRuntimeProvider.Availability.Available(""),
                () -> List.of(better)));
    assertThat(report.finding("containerd.version")).contains(better);
    assertThat(report.findings()).extracting(Finding::id).doesNotHaveDuplicates();
  }

  @Test
  void thisHost_isExamined_quickly_andNothingIsMade() {
    Path state = directory.resolve("state");
    long before = System.nanoTime();
    DoctorReport report = HostDoctor.examine(StateDirectory.at(state));
    assertThat(Duration.ofNanos(System.nanoTime() - before)).isLessThan(Duration.ofSeconds(30));
    assertThat(Files.exists(state)).isFalse();
    assertThat(report.finding("kernel.version")).isPresent();
    assertThat(report.finding("backend.process").orElseThrow().severity()).isEqualTo(Severity.INFO);
    assertThat(report.finding("backend.none")).isPresent();
    assertThat(report.render()).doesNotContain(directory.toString());
  }

  @Test
  void providerThatCannotBeLoaded_isAFinding_notAnError() throws IOException {
    Path services = Files.createDirectories(directory.resolve("META-INF/services"));
    Files.writeString(
        services.resolve(SandboxRuntimeProvider.class.getName()), "no.such.Provider\n");
    ClassLoader before = Thread.currentThread().getContextClassLoader();
    try (URLClassLoader broken =
        new URLClassLoader(new URL[] {directory.toUri().toURL()}, before)) {
      Thread.currentThread().setContextClassLoader(broken);
      DoctorReport report = HostDoctor.examine(StateDirectory.at(directory.resolve("state")));
      assertThat(report.finding("backend.broken").orElseThrow().severity())
          .isEqualTo(Severity.FAIL);
      assertThat(report.finding("kernel.version")).isPresent();
    } finally {
      Thread.currentThread().setContextClassLoader(before);
    }
  }
}
