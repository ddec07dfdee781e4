package dev.warren.docker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.warren.BotContainerManager;
import dev.warren.BotId;
import dev.warren.Hardening;
import dev.warren.Mount;
import dev.warren.MountPolicy;
import dev.warren.Sandbox;
import dev.warren.SandboxAddress;
import dev.warren.SandboxException;
import dev.warren.SandboxException.Code;
import dev.warren.SandboxSpec;
import dev.warren.StateDirectory;
import dev.warren.spi.RuntimeInfo.Capability;
import dev.warren.spi.SandboxRuntime;
import dev.warren.testsupport.Exclusive;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What is different about an engine that shares neither files nor processes with this host. */
@Tag("engine")
@Exclusive(EngineUnderTest.REMOTE)
@Timeout(120)
class RemoteSandboxIT {
  private static final BotId BOT = BotId.of("remote-bot");

  private final EngineUnderTest engine = EngineUnderTest.remote();
  @TempDir Path temp;
  private SandboxRuntime runtime;
  private BotContainerManager manager;

  @BeforeEach
  void open() {
    runtime = engine.builder("remote-test").stateDirectory(StateDirectory.at(temp)).build();
    manager =
        BotContainerManager.builder(runtime)
            .image(engine.image())
            .name("remote-test")
            .mountPolicy(MountPolicy.below(temp))
            .build();
  }

  @AfterEach
  void deleteAll() {
    manager.list().forEach(sandbox -> manager.delete(sandbox.bot()));
    assertThat(runtime.containers().list()).noneMatch(info -> info.id().contains("remote-bot"));
    manager.close();
  }

  @Test
  void theBridgeIsCopiedIn_andNothingIsMounted() {
    assertThat(runtime.info().can(Capability.SHARED_HOST)).isFalse();
    Sandbox sandbox = manager.start(BOT);
    assertThat(sandbox.exec("ls", "-l", "/opt/warren/bridge").stdout()).startsWith("-r-xr-xr-x");
    assertThat(sandbox.exec("cat", "/proc/mounts").stdout())
        .doesNotContain("/opt/warren")
        .doesNotContain("/run/warren");
  }

  @Test
  void theBridgeIsReachedAtThePublishedPort_whereTheContainersOwnAddressIsNot() throws Exception {
    Sandbox sandbox = manager.start(BOT);
    SandboxAddress.Tcp address = (SandboxAddress.Tcp) sandbox.address();
    assertThat(address.endpoint().getAddress())
        .isEqualTo(InetAddress.getByName(URI.create(engine.address()).getHost()));
    InetAddress inside = runtime.networks().setUp(sandbox.info().containerId()).orElseThrow();
    assertThatThrownBy(() -> connect(new InetSocketAddress(inside, 9090)))
        .isInstanceOf(IOException.class);
    connect(address.endpoint());
    assertThat(sandbox.exec("echo", "there").stdout()).isEqualTo("there\n");
  }

  @Test
  void anotherPortAfterARestart_isFound() {
    Sandbox sandbox = manager.start(BOT);
    sandbox.files().writeString("notes.txt", "hello");
    // What is published next takes the port that comes next.
    sandbox.stop();
    manager.start(BotId.of(BOT + "-between"));
    manager.start(BOT);
    assertThat(sandbox.files().readString("notes.txt")).isEqualTo("hello");
  }

  @Test
  void whatNeedsTheSameHost_isRefusedBeforeAnythingIsMade() {
    refused(spec().mounts(new Mount.Bind(temp, "/srv/shared", true)).build());
    refused(spec().hardening(Hardening.defaults().withReadOnlyRoot()).build());
  }

  private SandboxSpec.Builder spec() {
    return SandboxSpec.builder().image(engine.image());
  }

  private void refused(SandboxSpec spec) {
    assertThatThrownBy(() -> manager.start(BOT, spec))
        .isInstanceOfSatisfying(
            SandboxException.class, e -> assertThat(e.code()).isEqualTo(Code.UNSUPPORTED));
    assertThat(manager.find(BOT)).isEmpty();
  }

  private static void connect(InetSocketAddress address) throws IOException {
    try (Socket socket = new Socket()) {
      socket.connect(address, 5_000);
    }
  }
}
