package dev.warren.spi;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Optional;

/** The addresses of running tasks. The general rules are those of {@link SandboxRuntime}. */
public interface Networks {

  /**
   * Makes sure that a running task is attached as its spec says, and tells its address. Never
   * attaches twice: an existing attachment is recovered (from the engine, the cached result, or the
   * task's own namespace); a broken one is released first.
   *
   * @return empty for {@link dev.warren.Network.None}
   * @throws dev.warren.SandboxException {@code NOT_FOUND} when there is no task, {@code CONFLICT}
   *     when it has ended, {@code RESOURCE_EXHAUSTED} when no address is left, {@code UNAVAILABLE}
   *     when the network cannot be set up or gave no address
   */
  Optional<InetAddress> setUp(String id);

  /**
   * Where this host reaches a port of the task; the engine may have published it elsewhere than at
   * the container's address.
   *
   * @throws dev.warren.SandboxException as for {@link #setUp}; {@code UNSUPPORTED} for {@link
   *     dev.warren.Network.None}
   */
  InetSocketAddress endpoint(String id, int port);

  /**
   * Releases the attachment and its address. Works for tasks that have ended and for namespaces
   * that are gone.
   */
  void remove(String id);

  /**
   * Tells whether the attachment is intact: the address is there and the host has a route to it.
   *
   * @return empty when it is; else what is wrong
   */
  Optional<String> check(String id);
}
