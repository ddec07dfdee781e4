package dev.warren;

import java.net.InetSocketAddress;
import java.nio.file.Path;

/** How the host reaches a bridge. */
public sealed interface SandboxAddress {

  /**
   * A unix socket on this host.
   *
   * @param bridge the program that has to be listening
   * @param taskPid pid of the sandbox's first process, whose cgroup the listener must share
   */
  record UnixSocket(Path path, Path bridge, long taskPid) implements SandboxAddress {
    /** Leaves the host path out. */
    @Override
    public String toString() {
      return "unix socket";
    }
  }

  /** TCP, always with mutual TLS. */
  record Tcp(InetSocketAddress endpoint) implements SandboxAddress {
    @Override
    public String toString() {
      return endpoint.getAddress().getHostAddress() + ":" + endpoint.getPort();
    }
  }
}
