package dev.warren.containerd;

import static org.assertj.core.api.Assertions.assertThat;

import dev.warren.Hardening;
import dev.warren.Mount;
import dev.warren.spi.ContainerSpec;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("engine")
class HardeningIT {
  /** System calls by number, because most have no program that makes just them. */
  private static final String PROBE =
      """
      import ctypes, os, platform, sys
      libc = ctypes.CDLL(None, use_errno=True)
      arm = platform.machine() == 'aarch64'
      def call(name, amd64, arm64, *args):
          ctypes.set_errno(0)
          longs = [ctypes.c_ulong(a) for a in args]
          result = libc.syscall(ctypes.c_long(arm64 if arm else amd64), *longs)
          print(name, 'ok' if result >= 0 else ctypes.get_errno())
      call('af_alg', 41, 198, 38, 5, 0)
      call('af_alg_high', 41, 198, (1 << 32) | 38, 5, 0)
      call('af_vsock', 41, 198, 40, 1, 0)
      call('socketpair_alg', 53, 199, 38, 5, 0, 0)
      call('unix', 41, 198, 1, 1, 0)
      call('inet', 41, 198, 2, 1, 0)
      call('inet6', 41, 198, 10, 1, 0)
      call('netlink', 41, 198, 16, 3, 0)
      call('keyctl', 250, 219, 0, 0)
      call('add_key', 248, 217, 0, 0, 0, 0, 0)
      call('bpf', 321, 280, 0, 0, 0)
      call('userfaultfd', 323, 282, 0)
      call('io_uring', 425, 425, 1, 0)
      call('perf', 298, 241, 0, 0, 0, 0, 0)
      call('unshare_user', 272, 97, 0x10000000)
      call('setns', 308, 268, 0, 0)
      call('mount', 165, 40, 0, 0, 0, 0, 0)
      call('open_tree', 428, 428, 0, 0, 0)
      call('clone3', 435, 435, 0, 0)
      call('clone_user', 56, 220, 0x10000000 | 17, 0, 0, 0, 0)
      call('kexec', 246, 104, 0, 0, 0, 0)
      call('init_module', 175, 105, 0, 0, 0)
      call('personality_plain', 135, 92, 0xffffffff)
      call('personality_norandom', 135, 92, 0x0040000)
      call('open_by_handle', 304, 265, 0, 0, 0)
      """;

  private static RuntimeFixture fixture;

  @BeforeAll
  static void open() {
    fixture = RuntimeFixture.shared();
  }

  @AfterAll
  static void close() {
    if (fixture != null) {
      fixture.close();
    }
  }

  /** The host's programs and libraries, so that more than busybox can be tried. */
  private static ContainerSpec.Builder hostTools(String id, String... command) {
    List<Mount> mounts = new ArrayList<>();
    mounts.add(new Mount.Bind(Path.of("/usr"), "/usr", true));
    for (String library : List.of("/lib", "/lib64")) {
      if (Files.exists(Path.of(library))) {
        mounts.add(new Mount.Bind(Path.of(library), library, true));
      }
    }
    return fixture.spec(id, command).mounts(mounts);
  }

  @Test
  void dangerousSystemCallsAreRefused() {
    String output = fixture.output(hostTools("probe", "/usr/bin/python3", "-c", PROBE));

    assertThat(output.lines())
        .containsExactly(
            "af_alg 1",
            "af_alg_high 1",
            "af_vsock 1",
            "socketpair_alg 1",
            "unix ok",
            "inet ok",
            "inet6 ok",
            "netlink ok",
            "keyctl 1",
            "add_key 1",
            "bpf 1",
            "userfaultfd 1",
            "io_uring 38",
            "perf 1",
            "unshare_user 1",
            "setns 1",
            "mount 1",
            "open_tree 1",
            "clone3 38",
            "clone_user 1",
            "kexec 1",
            "init_module 1",
            "personality_plain ok",
            "personality_norandom 1",
            "open_by_handle 1");
  }

  @Test
  void ordinaryProgramsWork() {
    String script =
        """
        import subprocess, threading, socket, multiprocessing, asyncio, os
        t = threading.Thread(target=lambda: print('thread')); t.start(); t.join()
        print(subprocess.check_output(['/bin/sh', '-c', 'echo sub']).decode().strip())
        s = socket.socket(); s.bind(('127.0.0.1', 80)); print('port 80')
        a, b = socket.socketpair(); print('pair')
        asyncio.run(asyncio.sleep(0)); print('async')
        multiprocessing.Pool(2).map(abs, [1]); print('pool')
        os.setgid(1001); os.setuid(1000); print('dropped', os.getuid())
        """;
    assertThat(fixture.output(hostTools("python", "/usr/bin/python3", "-c", script)).lines())
        .containsExactly("thread", "sub", "port 80", "pair", "async", "pool", "dropped 1000");
    for (String tool : List.of("bash", "git", "node", "perl", "java", "dpkg", "apt-get")) {
      Path program =
          Stream.of("/usr/bin/" + tool, "/usr/local/bin/" + tool)
              .map(Path::of)
              .filter(Files::isExecutable)
              .findFirst()
              .orElse(null);
      if (program != null) {
        String id = "tool-" + tool;
        String flag = tool.equals("java") ? "-version" : "--version";
        fixture.run(hostTools(id, real(program).toString(), flag));
        assertThat(fixture.runtime().tasks().awaitExit(id, RuntimeFixture.LONG).code())
            .as(tool + ": " + fixture.logs(id))
            .isZero();
      }
    }
  }

  /** Links through the host's configuration lead nowhere in the sandbox. */
  private static Path real(Path program) {
    try {
      return program.toRealPath();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void capabilitiesPrivilegesAndPathsAreCut() {
    String output =
        fixture.output(
            fixture.spec(
                "cuts",
                "sh",
                "-c",
                "grep -E 'Cap|NoNewPrivs|Seccomp:' /proc/1/status | tr -d '\\t'; cat /proc/keys | wc -c;"
                    + " (echo 1 > /proc/sys/kernel/panic) 2>/dev/null || echo ro;"
                    + " ls /sys/firmware | wc -l; mknod /tmp/d b 8 0 2>/dev/null || echo nodev;"
                    + " cat /proc/1/cgroup | grep -c warren; ls /dev | tr '\\n' ' '"));

    assertThat(output.lines())
        .containsExactly(
            "CapInh:0000000000000000",
            "CapPrm:00000000000000fb",
            "CapEff:00000000000000fb",
            "CapBnd:00000000000000fb",
            "CapAmb:0000000000000000",
            "NoNewPrivs:1",
            "Seccomp:2",
            "0",
            "ro",
            "0",
            "nodev",
            "0",
            "fd full mqueue null ptmx pts random shm stderr stdin stdout tty urandom zero ");
  }

  @Test
  void readOnlyRootLeavesScratchSpace() {
    assertThat(
            fixture.output(
                fixture
                    .spec(
                        "ro",
                        "sh",
                        "-c",
                        "(echo x > /f) 2>/dev/null || echo refused; echo y > /tmp/f && cat /tmp/f;"
                            + " echo z > /run/f && cat /run/f")
                    .hardening(Hardening.defaults().withReadOnlyRoot())))
        .isEqualTo("refused\ny\nz\n");
  }

  @Test
  void noCapabilitiesAndNoSeccompCanBeAskedFor() {
    assertThat(
            fixture.output(
                fixture
                    .spec(
                        "loose",
                        "sh",
                        "-c",
                        "grep -E 'CapEff|Seccomp:' /proc/1/status | tr -d '\\t'")
                    .hardening(
                        Hardening.defaults().withCapabilities(List.of()).insecureWithoutSeccomp())))
        .isEqualTo("CapEff:0000000000000000\nSeccomp:0\n");
  }
}
