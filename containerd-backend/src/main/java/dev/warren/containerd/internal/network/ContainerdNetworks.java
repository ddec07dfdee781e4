package dev.warren.containerd.internal.network;

import dev.warren.Network;
import dev.warren.SandboxException;
import dev.warren.SandboxException.Code;
import dev.warren.containerd.internal.client.ContainerdErrors;
import dev.warren.containerd.internal.client.TaskCalls;
import dev.warren.containerd.internal.container.ContainerIds;
import dev.warren.containerd.internal.container.StartPreparation;
import dev.warren.containerd.internal.oci.SandboxRecord;
import dev.warren.spi.Networks;
import dev.warren.spi.TaskInfo;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.Optional;

/** The addresses of tasks. This host reaches a task at the container's own address. */
public final class ContainerdNetworks implements Networks {
  private static final String SET_UP = "set up network";

  private final TaskCalls tasks;
  private final StartPreparation containers;
  private final Attachments attachments;

  public ContainerdNetworks(TaskCalls tasks, StartPreparation containers, Attachments attachments) {
    this.tasks = tasks;
    this.containers = containers;
    this.attachments = attachments;
  }

  @Override
  public Optional<InetAddress> setUp(String id) {
    ContainerIds.check(SET_UP, id);
    TaskInfo task = tasks.live(SET_UP, id);
    Network network = network(id);
    if (network instanceof Network.None) {
      return Optional.empty();
    }
    boolean egress = network instanceof Network.Egress;
    Optional<String> current = attachments.current(id, task.pid());
    if (current.isEmpty()) {
      attachments.remove(id, egress, task.pid());
    }
    return Optional.of(
        parse(id, current.orElseGet(() -> attachments.attach(id, task.pid(), egress))));
  }

  @Override
  public InetSocketAddress endpoint(String id, int port) {
    return setUp(id)
        .map(address -> new InetSocketAddress(address, port))
        .orElseThrow(
            () -> error(Code.UNSUPPORTED, "find endpoint of", id, "it has no network").build());
  }

  @Override
  public void remove(String id) {
    ContainerIds.check("remove network of", id);
    Network network = network(id);
    long pid = tasks.find(id).map(TaskInfo::pid).orElse(Attachments.GONE);
    boolean attached = pid != Attachments.GONE && !(network instanceof Network.None);
    if (attached || attachments.isKept(id) || attachments.isAllocated(id)) {
      attachments.remove(id, network instanceof Network.Egress, pid);
    }
  }

  @Override
  public Optional<String> check(String id) {
    ContainerIds.check("check network of", id);
    TaskInfo task = tasks.live("check network of", id);
    if (network(id) instanceof Network.None) {
      return Optional.empty();
    }
    Optional<String> address = attachments.current(id, task.pid());
    if (address.isEmpty()) {
      return Optional.of("the task has no address");
    }
    return attachments.reaches(address.get())
        ? Optional.empty()
        : Optional.of("this host has no route to the task's address");
  }

  /**
   * Releases what an ended task had, a failure being logged. A container on no network has nothing
   * to release, and is spared the plugins.
   */
  public void release(String id) {
    if (attachments.isKept(id)) {
      attachments.release(id, false);
      return;
    }
    Network network = network(id);
    if (!(network instanceof Network.None) && attachments.isAllocated(id)) {
      attachments.release(id, network instanceof Network.Egress);
    }
  }

  /** Containers of others keep the network they were given. */
  private Network network(String id) {
    return containers.sandbox(id).map(SandboxRecord::network).orElse(Network.none());
  }

  private static InetAddress parse(String id, String address) {
    try {
      return InetAddress.getByName(address);
    } catch (UnknownHostException e) {
      throw error(Code.UNAVAILABLE, SET_UP, id, "the network gave no address").cause(e).build();
    }
  }

  private static SandboxException.Builder error(
      Code code, String operation, String id, String detail) {
    return SandboxException.of(code, operation, id)
        .backend(ContainerdErrors.BACKEND)
        .detail(detail);
  }
}
