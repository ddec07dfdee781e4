package dev.warren.internal.connection;

/** Borrows connections. Stateless. */
public final class Leases {
  private Leases() {}

  /**
   * A lease of a connection that is alive, as far as can be seen: of a pooled one that died while
   * nobody used it nothing was asked yet, so asking another is safe.
   */
  public static ConnectionSource.Lease usable(ConnectionSource source, String operation) {
    ConnectionSource.Lease lease = source.lease(operation);
    if (lease.connection().isUsable()) {
      return lease;
    }
    lease.invalidate();
    lease.close();
    return source.lease(operation);
  }
}
