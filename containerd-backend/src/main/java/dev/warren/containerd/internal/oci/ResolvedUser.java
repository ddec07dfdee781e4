package dev.warren.containerd.internal.oci;

import java.util.List;

/** Who runs the command, in numbers. */
public record ResolvedUser(long uid, long gid, List<Long> groups) {
  /** The default. */
  public static final ResolvedUser ROOT = new ResolvedUser(0, 0, List.of());

  public ResolvedUser {
    groups = List.copyOf(groups);
  }
}
