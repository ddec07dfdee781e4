package dev.warren.doctor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.warren.Finding;
import dev.warren.Finding.Severity;
import dev.warren.SandboxException;
import java.util.List;
import org.junit.jupiter.api.Test;

class DoctorReportTest {
  private static final DoctorReport REPORT =
      new DoctorReport(
          List.of(
              Finding.of("kernel.version", Severity.OK, "Linux 7.1.2"),
              Finding.of("runc.version", Severity.FAIL, "runc 1.1.1 is vulnerable")
                  .withRemedy("update it")
                  .withReferences(List.of("CVE-2024-21626"))));

  @Test
  void render_namesAllThatIsKnown() {
    assertThat(REPORT.render())
        .isEqualTo(
            """
            Host doctor: 1 FAIL, 1 OK
            OK       kernel.version  Linux 7.1.2
            FAIL     runc.version    runc 1.1.1 is vulnerable
                                     > update it
                                     see CVE-2024-21626
            """);
    assertThat(REPORT).hasToString(REPORT.render());
  }

  @Test
  void worst_isTheMostSevere() {
    assertThat(REPORT.worst()).isEqualTo(Severity.FAIL);
    assertThat(new DoctorReport(List.of()).worst()).isEqualTo(Severity.OK);
    assertThat(REPORT.findings(Severity.OK)).hasSize(1);
  }

  @Test
  void finding_keepsControlCharactersFromTheTerminal() {
    assertThat(Finding.of("a", Severity.OK, "x\u001b[2J\ny").found()).isEqualTo("x [2J y");
  }

  @Test
  void finding_malformedId_isRefused() {
    assertThatThrownBy(() -> Finding.of("a b", Severity.OK, "x"))
        .isInstanceOf(SandboxException.class)
        .hasMessageContaining("malformed");
  }
}
