package dev.warren.containerd.internal.oci;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.warren.SandboxException;
import java.util.Collection;
import java.util.Set;

/** The capabilities section of a process. */
final class Capabilities {
  private static final Set<String> KNOWN =
      Set.of(
          "CAP_AUDIT_CONTROL",
          "CAP_AUDIT_READ",
          "CAP_AUDIT_WRITE",
          "CAP_BLOCK_SUSPEND",
          "CAP_BPF",
          "CAP_CHECKPOINT_RESTORE",
          "CAP_CHOWN",
          "CAP_DAC_OVERRIDE",
          "CAP_DAC_READ_SEARCH",
          "CAP_FOWNER",
          "CAP_FSETID",
          "CAP_IPC_LOCK",
          "CAP_IPC_OWNER",
          "CAP_KILL",
          "CAP_LEASE",
          "CAP_LINUX_IMMUTABLE",
          "CAP_MAC_ADMIN",
          "CAP_MAC_OVERRIDE",
          "CAP_MKNOD",
          "CAP_NET_ADMIN",
          "CAP_NET_BIND_SERVICE",
          "CAP_NET_BROADCAST",
          "CAP_NET_RAW",
          "CAP_PERFMON",
          "CAP_SETFCAP",
          "CAP_SETGID",
          "CAP_SETPCAP",
          "CAP_SETUID",
          "CAP_SYSLOG",
          "CAP_SYS_ADMIN",
          "CAP_SYS_BOOT",
          "CAP_SYS_CHROOT",
          "CAP_SYS_MODULE",
          "CAP_SYS_NICE",
          "CAP_SYS_PACCT",
          "CAP_SYS_PTRACE",
          "CAP_SYS_RAWIO",
          "CAP_SYS_RESOURCE",
          "CAP_SYS_TIME",
          "CAP_SYS_TTY_CONFIG",
          "CAP_WAKE_ALARM");

  private Capabilities() {}

  /** Fails with {@code INVALID_ARGUMENT} for names that runtimes would pass over in silence. */
  static void check(Collection<String> names, String subject) {
    for (String name : names) {
      if (!KNOWN.contains(name)) {
        throw SandboxException.invalid(
            "check hardening", subject, "'" + name + "' is no capability, such as CAP_CHOWN");
      }
    }
  }

  /**
   * Neither inheritable nor ambient: those would survive a change of user, and outlive what they
   * were given for.
   */
  static ObjectNode section(Collection<String> names) {
    ObjectNode node = Json.MAPPER.createObjectNode();
    for (String set : new String[] {"bounding", "effective", "permitted"}) {
      node.set(set, Json.strings(names));
    }
    return node;
  }
}
