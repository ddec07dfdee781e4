package dev.warren.containerd.internal.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.type;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.warren.PullOptions;
import dev.warren.PullProgress;
import dev.warren.PullProgress.Phase;
import dev.warren.SandboxException;
import dev.warren.SandboxException.Code;
import dev.warren.containerd.internal.client.ContainerdClient;
import dev.warren.containerd.internal.client.TestEngine;
import dev.warren.containerd.internal.manifest.Sha256;
import dev.warren.containerd.internal.registry.Registries;
import dev.warren.containerd.internal.registry.RegistrySettings;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("engine")
@Tag("containerd2") // needs a daemon with the transfer service
class TransferPullIT {
  /** The one the daemon's transfer service is configured to unpack for. */
  private static final String SNAPSHOTTER = "overlayfs";

  private ContainerdClient client;
  private FakeRegistry registry;
  private ContainerdImages images;
  private TransferPull transfer;

  @BeforeEach
  void open() throws Exception {
    client = ContainerdClient.open(TestEngine.require().socket(), "warren-transfer-it");
    assumeTrue(TransferPull.isOffered(client), "this containerd has no transfer service");
    registry = new FakeRegistry();
    Registries registries =
        new Registries(RegistrySettings.defaults().withDockerConfig(Optional.empty()));
    images =
        new ContainerdImages(client, SNAPSHOTTER, registries, ContainerdImages.PullMode.AUTOMATIC);
    transfer = new TransferPull(client, SNAPSHOTTER, registries);
  }

  @AfterEach
  void close() {
    if (images != null) {
      images.list().forEach(image -> images.delete(image.ref()));
      images.close();
      registry.close();
    }
    client.close();
  }

  @Test
  void pull_isDoneByTheDaemonWithProgress() {
    assumePlainIsUnderstood();
    SampleImage sample = SampleImage.of(1, 3_000_000, 1000);
    registry.put("1", sample);
    List<PullProgress> progress = Collections.synchronizedList(new ArrayList<>());

    images.pull(registry.ref("app:1"), PullOptions.none().withProgress(progress::add));

    assertThat(registry.requests())
        .extracting(request -> request.header("User-Agent").orElse(""))
        .anyMatch(agent -> agent.startsWith("containerd/"));
    assertThat(images.store().resolve(registry.ref("app:1")).manifestDigest())
        .isEqualTo(sample.digest());
    assertThat(progress)
        .extracting(PullProgress::item)
        .contains(Sha256.brief(sample.layers().get(0).digest()));
    assertThat(progress.get(progress.size() - 1).phase()).isEqualTo(Phase.DONE);
  }

  @Test
  void pull_withCredentials_handsThemOutWhenAsked() {
    assumePlainIsUnderstood();
    registry.put("1", SampleImage.of(1, 1000));
    String wanted =
        "Basic " + Base64.getEncoder().encodeToString("me:secret".getBytes(StandardCharsets.UTF_8));
    registry.misbehave(
        exchange -> {
          if (wanted.equals(exchange.getRequestHeaders().getFirst("Authorization"))) {
            return false;
          }
          exchange.getResponseHeaders().add("WWW-Authenticate", "Basic realm=\"test\"");
          return FakeRegistry.answer(exchange, 401, "{}");
        });

    transfer.pull(
        registry.ref("app:1"),
        PullOptions.none().withCredentials("me", "secret").credentials(),
        new PullReporter("app", step -> {}));

    assertThat(images.get(registry.ref("app:1"))).isPresent();
  }

  /** From 2.0 on; before that this process pulls from such registries. */
  private void assumePlainIsUnderstood() {
    assumeTrue(
        client.version().isAtLeast(2, 0), "this containerd's transfer service knows TLS only");
  }

  @Test
  void pull_thatTheDaemonCannotDo_saysExactlyWhy() {
    assertThatThrownBy(() -> images.pull(registry.ref("none:1"), PullOptions.none()))
        .hasMessageContaining("no such repository or tag")
        .asInstanceOf(type(SandboxException.class))
        .extracting(SandboxException::code)
        .isEqualTo(Code.NOT_FOUND);
  }
}
