package dev.warren.containerd.internal.oci;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.warren.Hardening;
import dev.warren.ImageRef;
import dev.warren.Mount;
import dev.warren.Network;
import dev.warren.ResourceLimits;
import dev.warren.containerd.internal.client.HostCgroups;
import dev.warren.containerd.internal.manifest.ImageConfig;
import dev.warren.containerd.internal.manifest.Platform;
import dev.warren.spi.ContainerSpec;
import dev.warren.spi.SeccompProfile;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RuntimeSpecTest {
  private static final ImageConfig IMAGE =
      new ImageConfig(
          List.of("PATH=/bin", "A=image", "B=image"),
          List.of("entry"),
          List.of("cmd"),
          "app",
          "/srv",
          Platform.host(),
          List.of());

  @TempDir Path cgroups;

  private JsonNode write(ContainerSpec spec, Map<String, Path> binds) {
    return RuntimeSpec.forThisHost("ns", HostCgroups.at(cgroups))
        .write(
            spec,
            IMAGE,
            ResolvedUser.ROOT,
            binds,
            Map.of("/etc/hosts", Path.of("/state/hosts")),
            true);
  }

  private JsonNode write(ContainerSpec spec) {
    return write(spec, Map.of());
  }

  private static ContainerSpec.Builder spec() {
    return ContainerSpec.builder("bot-1", ImageRef.parse("a/b:1"), List.of("run", "it"));
  }

  private static List<String> texts(JsonNode array) {
    List<String> texts = new ArrayList<>();
    array.forEach(node -> texts.add(node.asText()));
    return texts;
  }

  private static Optional<JsonNode> mount(JsonNode spec, String target) {
    for (JsonNode mount : spec.path("mounts")) {
      if (mount.path("destination").asText().equals(target)) {
        return Optional.of(mount);
      }
    }
    return Optional.empty();
  }

  @Nested
  class ProcessPart {
    @Test
    void commandIsTheSpecs_environmentIsMerged_userIsRoot() {
      JsonNode process = write(spec().env(Map.of("B", "spec")).build()).path("process");

      assertThat(texts(process.path("args"))).containsExactly("run", "it");
      assertThat(texts(process.path("env"))).contains("PATH=/bin", "A=image", "B=spec");
      assertThat(texts(process.path("env"))).doesNotContain("B=image");
      assertThat(process.path("cwd").asText()).isEqualTo("/srv");
      assertThat(process.path("user").path("uid").asInt()).isZero();
    }

    @Test
    void capabilitiesAreNeitherInheritableNorAmbient() {
      JsonNode capabilities =
          write(
                  spec()
                      .hardening(Hardening.defaults().withCapabilities(List.of("CAP_KILL")))
                      .build())
              .path("process")
              .path("capabilities");

      assertThat(capabilities.fieldNames())
          .toIterable()
          .containsExactly("bounding", "effective", "permitted");
      assertThat(texts(capabilities.path("bounding"))).containsExactly("CAP_KILL");
    }

    @Test
    void badValuesAreRefused() {
      assertThatThrownBy(() -> RuntimeSpec.check(spec().env(Map.of("A=B", "x")).build()))
          .hasMessageContaining("environment");
      assertThatThrownBy(() -> RuntimeSpec.check(spec().workingDirectory("srv").build()))
          .hasMessageContaining("not absolute");
      assertThatThrownBy(
              () -> RuntimeSpec.check(spec().timeZone(Optional.of("../../etc/shadow")).build()))
          .hasMessageContaining("no time zone");
      assertThatThrownBy(
              () ->
                  RuntimeSpec.check(
                      spec()
                          .hardening(Hardening.defaults().withCapabilities(List.of("ALL")))
                          .build()))
          .hasMessageContaining("no capability");
    }
  }

  @Nested
  class LimitsPart {
    @Test
    void swapIsLimitedOnlyWhereItCanBe() throws IOException {
      ContainerSpec limited =
          spec().limits(ResourceLimits.defaults().withMemoryBytes(64 << 20).withCpus(1.5)).build();

      JsonNode without = write(limited).path("linux").path("resources");
      assertThat(without.path("memory").has("swap")).isFalse();
      assertThat(without.path("cpu").path("quota").asLong()).isEqualTo(150_000);
      assertThat(without.has("unified")).isFalse();

      Files.createDirectory(cgroups.resolve("memory"));
      Files.createFile(cgroups.resolve("memory/memory.memsw.limit_in_bytes"));
      assertThat(
              write(limited).path("linux").path("resources").path("memory").path("swap").asLong())
          .isEqualTo(64 << 20);
    }

    @Test
    void swapOfVersionTwoIsSeenInAChildGroup() throws IOException {
      Files.createFile(cgroups.resolve("cgroup.controllers"));
      assertThat(HostCgroups.at(cgroups).limitsSwap()).isFalse();
      Files.createDirectory(cgroups.resolve("init.scope"));
      Files.createFile(cgroups.resolve("init.scope/memory.swap.max"));
      assertThat(HostCgroups.at(cgroups).limitsSwap()).isTrue();
    }

    @Test
    void unlimitedMeansNoLimit() {
      JsonNode node = write(spec().limits(ResourceLimits.unlimited()).build());
      assertThat(node.path("linux").path("resources").fieldNames())
          .toIterable()
          .containsExactly("devices");
      assertThat(node.path("process").has("rlimits")).isFalse();
    }
  }

  @Nested
  class MountsPart {
    @Test
    void bindsAreNotRecursiveAndCut() {
      JsonNode node =
          write(
              spec()
                  .mounts(
                      List.of(
                          new Mount.Bind(Path.of("/link"), "/in/deep", true),
                          new Mount.Bind(Path.of("/x"), "/in", false)))
                  .build(),
              Map.of("/in/deep", Path.of("/real"), "/in", Path.of("/x")));

      JsonNode deep = mount(node, "/in/deep").orElseThrow();
      assertThat(deep.path("source").asText()).isEqualTo("/real");
      assertThat(texts(deep.path("options")))
          .containsExactly("bind", "rprivate", "nosuid", "nodev", "ro");
      List<String> targets = texts(node.path("mounts").findPath("none"));
      node.path("mounts").forEach(item -> targets.add(item.path("destination").asText()));
      assertThat(targets.indexOf("/in")).isLessThan(targets.indexOf("/in/deep"));
    }

    @Test
    void ownMountsWinOverWarrensFiles() {
      JsonNode node =
          write(
              spec().mounts(List.of(new Mount.Bind(Path.of("/mine"), "/etc/hosts", true))).build(),
              Map.of("/etc/hosts", Path.of("/mine")));
      assertThat(mount(node, "/etc/hosts").orElseThrow().path("source").asText())
          .isEqualTo("/mine");
    }
  }

  @Test
  void recordKnowsWhatAStartNeeds() throws IOException {
    ContainerSpec spec =
        spec()
            .network(Network.egress())
            .dns(List.of(InetAddress.getByName("192.0.2.1")))
            .mounts(List.of(new Mount.Bind(Path.of("/link"), "/in", true)))
            .build();

    SandboxRecord record = SandboxRecord.of(write(spec)).orElseThrow();

    assertThat(record)
        .isEqualTo(
            new SandboxRecord(
                Network.egress(),
                List.of("192.0.2.1"),
                "bot-1",
                List.of(new Mount.Bind(Path.of("/link"), "/in", true))));
    assertThat(SandboxRecord.of(Json.MAPPER.createObjectNode())).isEmpty();
  }

  @Test
  void seccompProfileAllowsNoMoreThanItSays() throws IOException {
    for (String architecture : List.of("amd64", "arm64")) {
      JsonNode profile = Json.MAPPER.readTree(SeccompProfile.json(architecture));
      assertThat(profile.path("defaultAction").asText()).isEqualTo("SCMP_ACT_ERRNO");
      assertThat(profile.path("architectures")).hasSize(1);
      List<String> always = new ArrayList<>();
      for (JsonNode rule : profile.path("syscalls")) {
        boolean allows = rule.path("action").asText().equals("SCMP_ACT_ALLOW");
        if (allows && !rule.has("args")) {
          always.addAll(texts(rule.path("names")));
        }
      }
      assertThat(always)
          .doesNotHaveDuplicates()
          .contains("read", "openat2", "ptrace", "seccomp", "rseq")
          .doesNotContain(
              "socket",
              "socketpair",
              "socketcall",
              "clone",
              "clone3",
              "personality",
              "keyctl",
              "add_key",
              "request_key",
              "bpf",
              "userfaultfd",
              "io_uring_setup",
              "perf_event_open",
              "unshare",
              "setns",
              "mount",
              "umount2",
              "pivot_root",
              "move_mount",
              "open_tree",
              "fsopen",
              "fsmount",
              "kexec_load",
              "init_module",
              "finit_module",
              "delete_module",
              "open_by_handle_at",
              "process_vm_writev",
              "iopl",
              "ioperm",
              "swapon",
              "reboot",
              "settimeofday",
              "clock_settime",
              "acct",
              "quotactl",
              "nfsservctl",
              "kcmp");
    }
    assertThatThrownBy(() -> SeccompProfile.json("sparc")).hasMessageContaining("amd64");
  }
}
