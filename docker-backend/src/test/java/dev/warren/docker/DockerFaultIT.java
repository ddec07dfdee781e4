package dev.warren.docker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.warren.BotContainerManager;
import dev.warren.BotId;
import dev.warren.Network;
import dev.warren.Sandbox;
import dev.warren.SandboxException;
import dev.warren.SandboxException.Code;
import dev.warren.SandboxSpec;
import dev.warren.StateDirectory;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What goes wrong on an engine's host, told with its cause, and with nothing lost. */
@Tag("engine")
@Tag("once")
@Timeout(180)
class DockerFaultIT {
  private static final BotId BOT = BotId.of("fault-bot");
  private static final int ADDRESSES_IN_HALF_OF_A_26 = 29;

  private final String image = EngineUnderTest.local().image();
  @TempDir Path temp;

  @Test
  void aForeignContainerOfTheSameName_isAConflict_andIsNotTouched() throws Exception {
    try (DockerDaemon daemon = DockerDaemon.start();
        BotContainerManager manager = manager(daemon.builder("fault-test"))) {
      String name = manager.start(BOT).info().containerId();
      manager.delete(BOT);
      daemon.docker("run", "--detach", "--name", name, "--network=none", image, "sleep", "1000");
      String before = daemon.docker("inspect", "--format", "{{.Id}} {{.State.Pid}}", name);
      assertCode(Code.CONFLICT, () -> manager.start(BOT));
      assertCode(Code.CONFLICT, () -> manager.delete(BOT));
      assertThat(manager.list()).isEmpty();
      assertThat(manager.reconcile().sandboxes()).isEmpty();
      assertThat(daemon.docker("inspect", "--format", "{{.Id}} {{.State.Pid}}", name))
          .isEqualTo(before);
      daemon.docker("rm", "--force", name);
      assertThat(manager.start(BOT).exec("true").success()).isTrue();
    }
  }

  @Test
  void aSandboxRemovedBehindTheManagersBack_isGone_andCanBeStartedAnew() throws Exception {
    try (DockerDaemon daemon = DockerDaemon.start();
        BotContainerManager manager = manager(daemon.builder("fault-test"))) {
      Sandbox sandbox = manager.start(BOT);
      daemon.docker("rm", "--force", sandbox.info().containerId());
      assertThatThrownBy(() -> sandbox.exec("true")).isInstanceOf(SandboxException.class);
      assertThat(manager.find(BOT)).isEmpty();
      assertThat(manager.start(BOT).exec("true").success()).isTrue();
    }
  }

  @Test
  void whenNoAddressIsLeft_aStartSaysSo_andWorksAgainWhenOneIsFree() throws Exception {
    EngineUnderTest engine = EngineUnderTest.local();
    try (DockerDaemon daemon = DockerDaemon.start();
        BotContainerManager manager = manager(smallest(daemon))) {
      String network = networkOf(daemon, manager);
      for (int i = 1; i < ADDRESSES_IN_HALF_OF_A_26; i++) {
        daemon.docker(
            "run", "--detach", "--network", network, engine.image(), "sh", "-c", TERMINABLE);
      }
      assertCode(Code.RESOURCE_EXHAUSTED, () -> manager.start(BotId.of("one-too-many")));
      assertThat(manager.find(BotId.of("one-too-many"))).isEmpty();
      manager.delete(BOT);
      assertThat(manager.start(BotId.of("one-too-many")).exec("true").success()).isTrue();
    }
  }

  private static final String TERMINABLE = "trap exit TERM; while :; do sleep 1; done";

  private static DockerRuntime.Builder smallest(DockerDaemon daemon) {
    return daemon.builder("fault-test").subnet(daemon.subnet().replace(".0/24", ".0/26"));
  }

  /** The network that a sandbox with an address is in. */
  private static String networkOf(DockerDaemon daemon, BotContainerManager manager) {
    String id = manager.start(BOT).info().containerId();
    return daemon.docker(
        "inspect", "--format", "{{range $k, $v := .NetworkSettings.Networks}}{{$k}}{{end}}", id);
  }

  @Test
  void aFullDisk_isSaid_andOvercome() throws Exception {
    Path directory = Files.createTempDirectory("warren-dockerd");
    Path data = Files.createDirectory(directory.resolve("data"));
    DockerDaemon.shell("mount", "-t", "tmpfs", "-o", "size=64m", "tmpfs", data.toString());
    try (DockerDaemon daemon = DockerDaemon.start(directory, data)) {
      try (BotContainerManager manager = manager(daemon.builder("fault-test"))) {
        manager.start(BOT).files().writeString("notes.txt", "hello");
        Path filler = data.resolve("filler");
        DockerDaemon.shell("dd", "if=/dev/zero", "of=" + filler, "bs=64k");
        assertCode(Code.RESOURCE_EXHAUSTED, () -> manager.start(BotId.of("no-space")));
        Files.delete(filler);
        assertThat(manager.find(BotId.of("no-space"))).isEmpty();
        assertThat(manager.start(BotId.of("no-space")).exec("true").success()).isTrue();
        assertThat(manager.start(BOT).files().readString("notes.txt")).isEqualTo("hello");
      }
    }
  }

  private BotContainerManager manager(DockerRuntime.Builder builder) {
    DockerRuntime runtime = builder.stateDirectory(StateDirectory.at(temp)).build();
    SandboxSpec spec = SandboxSpec.builder().network(Network.isolated()).build();
    return BotContainerManager.builder(runtime).image(image).spec(spec).build();
  }

  private static void assertCode(Code code, Runnable call) {
    assertThatThrownBy(call::run)
        .isInstanceOfSatisfying(
            SandboxException.class, e -> assertThat(e.code()).as("%s", e).isEqualTo(code));
  }
}
