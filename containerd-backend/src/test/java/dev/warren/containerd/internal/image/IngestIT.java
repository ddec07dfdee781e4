package dev.warren.containerd.internal.image;

import static org.assertj.core.api.Assertions.assertThat;

import dev.warren.PullOptions;
import dev.warren.containerd.internal.client.ContainerdClient;
import dev.warren.containerd.internal.client.Lease;
import dev.warren.containerd.internal.client.TestEngine;
import dev.warren.containerd.internal.content.BlobWriter;
import dev.warren.containerd.internal.manifest.BlobDescriptor;
import dev.warren.containerd.internal.registry.RegistrySettings;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What a process that died in mid-pull leaves, and how the next pull deals with it. */
@Tag("engine")
class IngestIT {
  private final SampleImage sample = SampleImage.of(11, 3_000_000);
  private final BlobDescriptor layer = sample.layers().get(0);
  private ContainerdClient client;
  private FakeRegistry registry;
  private ContainerdImages images;
  private Lease lease;

  @BeforeEach
  void open() throws Exception {
    client = ContainerdClient.open(TestEngine.require().socket(), "warren-ingest-it");
    registry = new FakeRegistry();
    registry.put("1", sample);
    images =
        new ContainerdImages(
            client,
            "native",
            RegistrySettings.defaults().withDockerConfig(Optional.empty()),
            ContainerdImages.PullMode.CLIENT);
    lease = client.leases().acquire(Duration.ofMinutes(5));
  }

  @AfterEach
  void close() {
    if (images != null) {
      lease.close();
      images.list().forEach(image -> images.delete(image.ref()));
      images.close();
      registry.close();
    }
    client.close();
  }

  private void leaveBehind(byte[] bytes, int length) throws InterruptedException {
    try (BlobWriter writer =
        new BlobWriter(
            lease.stubs().contentAsync(),
            "warren-" + layer.digest(),
            layer.digest(),
            layer.size())) {
      writer.open();
      writer.write(bytes, length);
      // Waits until the daemon has it.
      assertThat(writer.open()).isEqualTo(length);
    }
  }

  private List<String> ranges() {
    return registry.requests().stream()
        .filter(request -> request.path().endsWith(layer.digest()))
        .map(request -> request.header("Range").orElse("all"))
        .toList();
  }

  @Test
  void halfABlob_isContinued() throws Exception {
    leaveBehind(sample.blobs().get(layer.digest()), 1_000_000);
    images.pull(registry.ref("app:1"), PullOptions.none());
    assertThat(ranges()).containsExactly("bytes=1000000-");
  }

  @Test
  void halfABlobThatIsDamaged_isFetchedAnew() throws Exception {
    leaveBehind(new byte[1_000_000], 1_000_000);
    images.pull(registry.ref("app:1"), PullOptions.none());
    assertThat(ranges()).containsExactly("bytes=1000000-", "all");
  }

  @Test
  void wholeBlobThatWasNotCommitted_isNotFetched() throws Exception {
    byte[] blob = sample.blobs().get(layer.digest());
    leaveBehind(blob, blob.length);
    images.pull(registry.ref("app:1"), PullOptions.none());
    assertThat(ranges()).isEmpty();
  }
}
