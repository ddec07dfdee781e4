package dev.warren.doctor.internal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.warren.Finding.Severity;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AlgSocketsCheckTest {
  private static final String DEP = "/lib/modules/6.1.1/modules.dep";
  private static final String BUILT_IN = "/lib/modules/6.1.1/modules.builtin";

  @TempDir Path root;
  private HostTree tree;

  @BeforeEach
  void modularKernel() throws IOException {
    tree =
        new HostTree(root)
            .kernel("6.1.1")
            .file("/proc/modules", "ext4 999424 1 - Live 0x0")
            .file("/proc/net/protocols", "protocol  size sockets", "TCP  2496  3");
  }

  private Severity look() {
    return new AlgSocketsCheck(tree.host()).look().get(0).severity();
  }

  @Test
  void loadedModule_isReachable() throws IOException {
    tree.file("/proc/modules", "algif_aead 12288 0 - Live 0x0", "af_alg 32768 1");
    assertThat(look()).isEqualTo(Severity.WARN);
  }

  @Test
  void loadableModule_isReachable() throws IOException {
    tree.file(DEP, "kernel/crypto/algif_aead.ko.xz: kernel/crypto/af_alg.ko.xz").file(BUILT_IN, "");
    assertThat(look()).isEqualTo(Severity.WARN);
  }

  @Test
  void builtIn_isReachable_whateverModprobeIsTold() throws IOException {
    tree.compressed("/proc/config.gz", "CONFIG_CRYPTO_USER_API_AEAD=y")
        .file("/etc/modprobe.d/no-alg.conf", "install algif_aead /bin/false");
    assertThat(look()).isEqualTo(Severity.WARN);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "install algif_aead /bin/false",
        "  install algif-aead /usr/bin/true  # CVE-2026-31431",
        "install af_alg /sbin/false",
        "blacklist af_alg",
      })
  void moduleThatModprobeRefuses_isNotReachable(String rule) throws IOException {
    tree.file(DEP, "kernel/crypto/algif_aead.ko:").file("/etc/modprobe.d/x.conf", "# x", rule);
    assertThat(look()).isEqualTo(Severity.OK);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"blacklist algif_aead", "#install algif_aead /bin/false", "options algif_aead x"})
  void ruleThatStopsNothing_leavesItReachable(String rule) throws IOException {
    tree.file(DEP, "kernel/crypto/algif_aead.ko:").file("/etc/modprobe.d/x.conf", rule);
    assertThat(look()).isEqualTo(Severity.WARN);
  }

  @Test
  void ruleAgainstAFamilyThatIsLoaded_leavesItReachable() throws IOException {
    tree.file(DEP, "kernel/crypto/algif_aead.ko:")
        .file("/proc/net/protocols", "protocol  size", "ALG  1136  0")
        .file("/etc/modprobe.d/x.conf", "install af_alg /bin/false", "blacklist af_alg");
    assertThat(look()).isEqualTo(Severity.WARN);
  }

  @Test
  void ruleInAFileThatModprobeDoesNotRead_leavesItReachable() throws IOException {
    tree.file(DEP, "kernel/crypto/algif_aead.ko:")
        .file("/etc/modprobe.d/x.conf.bak", "install algif_aead /bin/false");
    assertThat(look()).isEqualTo(Severity.WARN);
  }

  @Test
  void kernelWithoutIt_isSafe() throws IOException {
    tree.file("/boot/config-6.1.1", "# CONFIG_CRYPTO_USER_API_AEAD is not set");
    assertThat(look()).isEqualTo(Severity.OK);
    Files.delete(tree.path("/boot/config-6.1.1"));
    tree.file(DEP, "kernel/fs/ext4.ko:").file(BUILT_IN, "kernel/fs/proc.ko");
    assertThat(look()).isEqualTo(Severity.OK);
  }

  @Test
  void noMoreModules_isSafe() throws IOException {
    tree.file(DEP, "kernel/crypto/algif_aead.ko:").file("/proc/sys/kernel/modules_disabled", "1");
    assertThat(look()).isEqualTo(Severity.OK);
  }

  @Test
  void familyWithoutFurtherEvidence_isUnknown() throws IOException {
    tree.file("/proc/sys/kernel/modules_disabled", "1")
        .file("/proc/net/protocols", "protocol  size", "ALG  1136  0");
    assertThat(look()).isEqualTo(Severity.UNKNOWN);
  }

  @Test
  void nothingToBeSeen_isUnknown() {
    assertThat(look()).isEqualTo(Severity.UNKNOWN);
  }
}
