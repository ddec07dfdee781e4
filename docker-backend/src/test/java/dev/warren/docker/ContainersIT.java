package dev.warren.docker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.warren.ImageRef;
import dev.warren.Network;
import dev.warren.PullOptions;
import dev.warren.ResourceLimits;
import dev.warren.SandboxException;
import dev.warren.SandboxException.Code;
import dev.warren.StateDirectory;
import dev.warren.spi.ContainerInfo;
import dev.warren.spi.ContainerSpec;
import dev.warren.spi.ContainerSpec.InitialFile;
import dev.warren.spi.ExitStatus;
import dev.warren.spi.Tasks.StopOptions;
import dev.warren.testsupport.Exclusive;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the contract does not say: whose containers they are, and what fences them in. */
@Tag("engine")
@Exclusive(EngineUnderTest.LOCAL)
class ContainersIT {
  private static final Duration LONG = Duration.ofSeconds(60);

  @TempDir Path directory;
  private final String run = "it-" + Long.toString(System.nanoTime(), 36);
  private final EngineUnderTest engine = EngineUnderTest.local();
  private final ImageRef image = ImageRef.parse(engine.image());
  private DockerRuntime runtime;

  @BeforeEach
  void open() {
    runtime = engine.builder(run).stateDirectory(StateDirectory.at(directory)).build();
    if (runtime.images().get(image).isEmpty()) {
      runtime.images().pull(image, PullOptions.none());
    }
  }

  @AfterEach
  void close() {
    docker("rm", "--force", run + "-f", run + "-1..new");
    runtime.containers().list().stream()
        .filter(container -> container.id().startsWith(run))
        .forEach(container -> runtime.containers().delete(container.id()));
    runtime.close();
  }

  private String docker(String... arguments) {
    String[] command = new String[arguments.length + 3];
    command[0] = "docker";
    command[1] = "--host";
    command[2] = engine.address();
    System.arraycopy(arguments, 0, command, 3, arguments.length);
    return DockerDaemon.shell(command);
  }

  private ContainerSpec.Builder spec(String... command) {
    return ContainerSpec.builder(run + "-1", image, List.of(command)).network(Network.none());
  }

  private String output(ContainerSpec.Builder spec) throws Exception {
    String id = spec.build().id();
    runtime.containers().create(spec.build());
    runtime.tasks().start(id);
    runtime.tasks().awaitExit(id, LONG);
    try (InputStream log = runtime.tasks().logs(id)) {
      return new String(log.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  private static void fails(Code code, ThrowingCallable call) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            SandboxException.class,
            failure -> assertThat(failure.code()).as(failure.toString()).isEqualTo(code));
  }

  @Test
  void foreignContainer_isListedAndNeverChanged() {
    String id = run + "-f";
    docker("run", "-d", "--name", id, "--network", "none", engine.image(), "sleep", "1000");
    assertThat(runtime.containers().list()).extracting(ContainerInfo::id).contains(id);
    assertThat(runtime.tasks().get(id)).isPresent();
    fails(Code.PERMISSION_DENIED, () -> runtime.containers().delete(id));
    fails(Code.PERMISSION_DENIED, () -> runtime.tasks().stop(id, StopOptions.kill()));
    fails(Code.PERMISSION_DENIED, () -> runtime.tasks().start(id));
    fails(Code.PERMISSION_DENIED, () -> runtime.networks().remove(id));
    fails(Code.PERMISSION_DENIED, () -> runtime.pause().orElseThrow().pause(id));
    assertThat(docker("inspect", "-f", "{{.State.Running}}", id)).isEqualTo("true");
  }

  @Test
  void containerOfAnotherOwner_isForeign() {
    ContainerSpec spec =
        spec("sleep", "1").labels(Map.of("dev.warren.manager", run, "team", "a")).build();
    runtime.containers().create(spec);
    assertThat(runtime.containers().listByLabel("dev.warren.manager", run)).hasSize(1);
    try (DockerRuntime other =
        engine.builder(run + "x").stateDirectory(StateDirectory.at(directory)).build()) {
      fails(Code.PERMISSION_DENIED, () -> other.containers().delete(spec.id()));
      assertThat(other.containers().get(spec.id()).orElseThrow().labels())
          .as("no manager of another owner takes it for its own")
          .isEqualTo(Map.of("team", "a"));
      assertThat(other.containers().listByLabel("dev.warren.manager", run)).isEmpty();
    }
    assertThat(runtime.containers().get(spec.id())).isPresent();
  }

  /** The engine takes the beginning of its own ids for a name. */
  @Test
  void beginningOfAnEngineId_isNoContainer() {
    runtime.containers().create(spec("sleep", "1").build());
    String engineId = docker("inspect", "-f", "{{.Id}}", run + "-1").substring(0, 12);
    assertThat(runtime.containers().get(engineId)).isEmpty();
    runtime.containers().delete(engineId);
    assertThat(runtime.containers().get(run + "-1")).isPresent();
  }

  @Test
  void idOfOneCharacter_works() {
    String id = "7";
    runtime.containers().delete(id);
    ContainerSpec spec = ContainerSpec.builder(id, image, List.of("true")).build();
    assertThat(runtime.containers().create(spec).id()).isEqualTo(id);
    assertThat(runtime.containers().list()).extracting(ContainerInfo::id).contains(id);
    runtime.containers().delete(id);
    assertThat(runtime.containers().get(id)).isEmpty();
  }

  @Test
  void halfMadeContainer_isNotSeenNotStartableAndReplaced() throws Exception {
    ContainerSpec.Builder spec = spec("cat", "/opt/warren/x");
    runtime.containers().create(spec.build());
    // As after a crash between the copy of the files and the name.
    docker("rename", run + "-1", run + "-1..new");
    assertThat(runtime.containers().get(run + "-1")).isEmpty();
    assertThat(runtime.containers().list()).noneMatch(found -> found.id().startsWith(run));
    fails(Code.NOT_FOUND, () -> runtime.tasks().start(run + "-1"));
    Path source = Files.writeString(directory.resolve("x"), "whole");
    assertThat(output(spec.files(List.of(new InitialFile("/opt/warren/x", 0444, source)))))
        .isEqualTo("whole");
    assertThat(docker("ps", "-aq", "--filter", "name=" + run).lines()).hasSize(1);
  }

  @Test
  void delete_removesWhatIsHalfMade() {
    runtime.containers().create(spec("true").build());
    docker("rename", run + "-1", run + "-1..new");
    runtime.containers().delete(run + "-1");
    assertThat(docker("ps", "-aq", "--filter", "name=" + run)).isEmpty();
  }

  /** A workload that is not root must not be able to replace what was put in. */
  @Test
  void initialFiles_andTheirDirectories_belongToRootAndAreNotWritable() throws Exception {
    Path source = Files.writeString(directory.resolve("x"), "x");
    String output =
        output(
            spec("stat", "-c", "%a %u %g %n", "/opt", "/opt/warren", "/opt/warren/x", "/etc")
                .files(
                    List.of(
                        new InitialFile("/opt/warren/x", 0555, source),
                        new InitialFile("/etc/added", 0444, source))));
    assertThat(output)
        .isEqualTo("755 0 0 /opt\n755 0 0 /opt/warren\n555 0 0 /opt/warren/x\n755 0 0 /etc\n");
  }

  @Test
  void hardening_isInForce() throws Exception {
    String status =
        output(
            spec(
                "sh",
                "-c",
                "grep -E 'CapEff|CapBnd|NoNewPrivs|^Seccomp:' /proc/self/status; wc -c < /proc/keys;"
                    + " echo 1 > /proc/sys/kernel/hostname || echo readonly"));
    // CHOWN, DAC_OVERRIDE, FOWNER, FSETID, KILL, SETGID, SETUID
    assertThat(status)
        .containsPattern("CapEff:\\s+00000000000000fb")
        .containsPattern("CapBnd:\\s+00000000000000fb")
        .containsPattern("NoNewPrivs:\\s+1")
        .containsPattern("Seccomp:\\s+2")
        .contains("\n0\n")
        .contains("readonly");
  }

  @Test
  void memoryLimit_exceeded_isToldApart() throws Exception {
    ContainerSpec.Builder spec =
        spec("sh", "-c", "x=a; while :; do x=$x$x; done")
            .limits(ResourceLimits.defaults().withMemoryBytes(32L << 20));
    runtime.containers().create(spec.build());
    runtime.tasks().start(run + "-1");
    assertThat(runtime.tasks().awaitExit(run + "-1", LONG)).isEqualTo(new ExitStatus(137, true));
  }

  /** Whatever the engine does with the packet filter, which these tests keep it from touching. */
  @Test
  void isolated_hasAnAddressAndNoWayOut() throws Exception {
    String output =
        output(
            spec("sh", "-c", "ip -o -4 addr show eth0; ip route | grep default || echo none")
                .network(Network.isolated()));
    String network = docker("network", "inspect", "it-isolated");
    assertThat(output).contains("10.215.");
    assertThat(network).contains("\"Internal\": true");
    String gateway = output.replaceAll("(?s).*default via ([0-9.]+).*", "$1");
    assertThat(output.contains("none") || network.contains("\"" + gateway + "\""))
        .as("the default route, if there is one, is the one into nothing")
        .isTrue();
    assertThat(output).doesNotContain("default via " + hostsAddress(network));
  }

  /** The bridge's own address is the first of the subnet. */
  private static String hostsAddress(String network) {
    return network.replaceAll("(?s).*\"Subnet\": \"([0-9.]+)\\.[0-9]+/.*", "$1") + ".1 ";
  }

  @Test
  void gpuThatTheEngineLacks_isUnsupportedAtTheStart() {
    runtime.containers().create(spec("true").gpus(List.of("nvidia.com/gpu=0")).build());
    fails(Code.UNSUPPORTED, () -> runtime.tasks().start(run + "-1"));
  }
}
