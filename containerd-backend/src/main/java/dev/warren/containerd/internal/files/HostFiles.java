package dev.warren.containerd.internal.files;

import dev.warren.containerd.internal.oci.SandboxRecord;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The files that each container gets of its own, mounted read-only: a workload that could write to
 * them would write to the host's disk, past its limits.
 */
public final class HostFiles {
  private static final String RESOLV_CONF = "resolv.conf";
  private static final String HOSTS = "hosts";
  private static final String HOSTNAME = "hostname";

  private final ContainerFiles files;
  private final ResolvConf resolvConf;

  public HostFiles(ContainerFiles files, ResolvConf resolvConf) {
    this.files = files;
    this.resolvConf = resolvConf;
  }

  /** Where they are, by where they appear. */
  public Map<String, Path> mounts(String id) {
    Map<String, Path> mounts = new LinkedHashMap<>();
    mounts.put("/etc/resolv.conf", files.path(id, RESOLV_CONF));
    mounts.put("/etc/hosts", files.path(id, HOSTS));
    mounts.put("/etc/hostname", files.path(id, HOSTNAME));
    return mounts;
  }

  /** Writes them anew: the host's name servers may have changed since the last start. */
  public void write(String id, SandboxRecord record) {
    String name = record.hostName();
    files.write(id, RESOLV_CONF, resolvConf.text(record.dns(), record.network()));
    files.write(id, HOSTNAME, name + "\n");
    files.write(
        id,
        HOSTS,
        """
        127.0.0.1 localhost
        ::1 localhost ip6-localhost ip6-loopback
        127.0.1.1 %s
        """
            .formatted(name));
  }
}
