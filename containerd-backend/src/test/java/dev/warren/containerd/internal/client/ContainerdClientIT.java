package dev.warren.containerd.internal.client;

import static org.assertj.core.api.Assertions.assertThat;

import dev.warren.containerd.internal.api.leases.ListRequest;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("engine")
class ContainerdClientIT {
  private static ContainerdClient client;

  @BeforeAll
  static void connect() {
    client = ContainerdClient.open(TestEngine.require().socket(), "warren-client-it");
  }

  @AfterAll
  static void close() {
    if (client != null) {
      client.close();
    }
  }

  @Test
  void version_isThatOfTheDaemon() {
    assertThat(client.version().isAtLeast(1, 6)).isTrue();
    assertThat(client.version().release()).isPresent();
  }

  @Test
  void hasPlugin_tellsPresentFromAbsent() {
    assertThat(client.hasPlugin("io.containerd.snapshotter.v1", "native")).isTrue();
    assertThat(client.hasPlugin("io.containerd.snapshotter.v1", "none-of-this-name")).isFalse();
  }

  @Test
  void lease_livesUntilClosedAndCarriesItsExpiry() {
    String id;
    try (Lease lease = client.leases().acquire(Duration.ofMinutes(5))) {
      id = lease.id();
      assertThat(leases())
          .anySatisfy(
              found -> {
                assertThat(found.getId()).isEqualTo(id);
                assertThat(found.getLabelsMap()).containsKey("containerd.io/gc.expire");
              });
    }
    assertThat(leases()).noneMatch(found -> found.getId().equals(id));
  }

  private static java.util.List<dev.warren.containerd.internal.api.leases.Lease> leases() {
    return client
        .call(
            "list leases", "", () -> client.stubs().leases().list(ListRequest.getDefaultInstance()))
        .getLeasesList();
  }
}
