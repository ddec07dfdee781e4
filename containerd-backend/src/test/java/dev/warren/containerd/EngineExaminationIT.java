package dev.warren.containerd;

import static org.assertj.core.api.Assertions.assertThat;

import dev.warren.Finding;
import dev.warren.Finding.Severity;
import dev.warren.containerd.internal.client.TestEngine;
import dev.warren.doctor.DoctorReport;
import dev.warren.spi.Examination;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Tag("engine")
@Timeout(120)
class EngineExaminationIT {
  private final List<String> versions = new ArrayList<>();
  private final List<Path> places = new ArrayList<>();

  @Test
  void realDaemonAndPlugins_answerTheDoctor() {
    Path plugins = Path.of(System.getenv().getOrDefault("WARREN_TEST_CNI_BIN", "/usr/lib/cni"));
    List<Finding> findings =
        new ContainerdRuntimeProvider(
                TestEngine.require().socket(), CniOptions.defaults().withBinDirectories(plugins))
            .examine(new Recorder());
    DoctorReport report = new DoctorReport(findings);

    assertThat(versions).singleElement().asString().containsPattern("^v?\\d+\\.\\d+");
    assertThat(places).singleElement().satisfies(place -> assertThat(place).isDirectory());
    assertThat(report.finding("containerd.cri").orElseThrow().severity()).isEqualTo(Severity.OK);
    Finding cni = report.finding("containerd.cni").orElseThrow();
    assertThat(cni.severity()).as(cni.found()).isEqualTo(Severity.OK);
  }

  private final class Recorder implements Examination {
    @Override
    public Finding version(String program, String version) {
      versions.add(version);
      return Finding.of(program + ".version", Severity.OK, program);
    }

    @Override
    public Finding space(String id, String role, Path directory) {
      places.add(directory);
      return Finding.of(id, Severity.OK, role);
    }
  }
}
