package dev.warren.doctor.internal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.warren.Finding;
import dev.warren.Finding.Severity;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CgroupCheckTest {
  @TempDir Path root;
  private HostTree tree;

  @BeforeEach
  void emptyHost() {
    tree = new HostTree(root);
  }

  private List<Finding> look() {
    return new CgroupCheck(tree.host()).look();
  }

  @Test
  void v2_withItsControllers_isFine() throws IOException {
    tree.file("/proc/self/mounts", "cgroup2 /sys/fs/cgroup cgroup2 rw,nosuid 0 0")
        .file("/sys/fs/cgroup/cgroup.controllers", "cpuset cpu io memory hugetlb pids");
    assertThat(look()).extracting(Finding::severity).containsOnly(Severity.OK);
    assertThat(look().get(0).found()).contains("v2");
  }

  @Test
  void v2_withoutMemory_fails() throws IOException {
    tree.file("/proc/self/mounts", "cgroup2 /sys/fs/cgroup cgroup2 rw 0 0")
        .file("/sys/fs/cgroup/cgroup.controllers", "cpu pids");
    Finding controllers = look().get(1);
    assertThat(controllers.severity()).isEqualTo(Severity.FAIL);
    assertThat(controllers.found()).contains("memory").doesNotContain("pids");
    assertThat(controllers.remedy()).isPresent();
  }

  @Test
  void v1_countsTheControllersThatAreMounted() throws IOException {
    tree.file(
        "/proc/self/mounts",
        "cgroup /sys/fs/cgroup/cpu,cpuacct cgroup rw,cpu,cpuacct 0 0",
        "cgroup /sys/fs/cgroup/memory cgroup rw,memory 0 0",
        "cgroup /sys/fs/cgroup/pids cgroup rw,pids 0 0");
    assertThat(look()).extracting(Finding::severity).containsExactly(Severity.INFO, Severity.OK);
    assertThat(look().get(0).found()).contains("v1");
  }

  @Test
  void hybrid_isSaid() throws IOException {
    tree.file(
            "/proc/self/mounts",
            "cgroup /sys/fs/cgroup/cpu cgroup rw,cpu 0 0",
            "cgroup /sys/fs/cgroup/memory cgroup rw,memory 0 0",
            "cgroup2 /sys/fs/cgroup/unified cgroup2 rw 0 0")
        .file("/sys/fs/cgroup/unified/cgroup.controllers", "pids");
    assertThat(look()).extracting(Finding::severity).containsExactly(Severity.INFO, Severity.OK);
    assertThat(look().get(0).found()).contains("hybrid");
  }

  @Test
  void none_fails_andUnreadable_isUnknown() throws IOException {
    assertThat(look().get(0).severity()).isEqualTo(Severity.UNKNOWN);
    tree.file("/proc/self/mounts", "proc /proc proc rw 0 0", "garbage", "");
    assertThat(look()).singleElement().extracting(Finding::severity).isEqualTo(Severity.FAIL);
  }
}
