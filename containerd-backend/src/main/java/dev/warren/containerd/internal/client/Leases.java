package dev.warren.containerd.internal.client;

import dev.warren.containerd.internal.api.leases.CreateRequest;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.UUID;

/**
 * Makes leases. What is written under one stays until the lease ends, referenced or not. Each
 * expires by itself, so that a crash of this process leaks nothing for ever. Thread-safe.
 */
public final class Leases {
  private static final String EXPIRE = "containerd.io/gc.expire";

  private final ContainerdClient client;

  Leases(ContainerdClient client) {
    this.client = client;
  }

  /**
   * Takes a lease that ends with {@link Lease#close()}, at the latest after {@code longest}.
   *
   * @throws dev.warren.SandboxException as {@link ContainerdClient#call}
   */
  public Lease acquire(Duration longest) {
    String id = "warren-" + UUID.randomUUID();
    Instant end = Instant.now().plus(longest).truncatedTo(ChronoUnit.SECONDS);
    CreateRequest request =
        CreateRequest.newBuilder().setId(id).putLabels(EXPIRE, end.toString()).build();
    client.call("take lease", id, () -> client.stubs().leases().create(request));
    return new Lease(client, id);
  }
}
