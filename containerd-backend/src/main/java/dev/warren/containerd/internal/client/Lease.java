package dev.warren.containerd.internal.client;

import dev.warren.containerd.internal.api.leases.DeleteRequest;
import java.util.concurrent.atomic.AtomicBoolean;

/** A lease that is held; see {@link Leases}. Thread-safe. */
public final class Lease implements AutoCloseable {
  private final ContainerdClient client;
  private final String id;
  private final AtomicBoolean ended = new AtomicBoolean();

  Lease(ContainerdClient client, String id) {
    this.client = client;
    this.id = id;
  }

  /** The value of the lease header. */
  public String id() {
    return id;
  }

  /** The daemon's services, with this lease on each call. */
  public Stubs stubs() {
    return client.stubs(id);
  }

  /** Ends the lease; what nothing else refers to is collected later. Never throws. */
  @Override
  public void close() {
    delete(false);
  }

  /**
   * Ends the lease.
   *
   * @param sync wait until the collector has run
   */
  public void delete(boolean sync) {
    if (ended.compareAndSet(false, true)) {
      DeleteRequest request = DeleteRequest.newBuilder().setId(id).setSync(sync).build();
      client.cleanUp("end lease", id, () -> client.stubs().leases().delete(request));
    }
  }
}
