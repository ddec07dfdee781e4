package dev.warren.docker.internal.network;

import com.github.dockerjava.api.command.InspectContainerResponse;
import com.github.dockerjava.api.model.ContainerNetwork;
import com.github.dockerjava.api.model.ExposedPort;
import com.github.dockerjava.api.model.Ports;
import dev.warren.SandboxException.Code;
import dev.warren.docker.internal.client.DockerEngine;
import dev.warren.docker.internal.client.DockerErrors;
import dev.warren.docker.internal.container.ContainerLookup;
import dev.warren.docker.internal.container.LiveTasks;
import dev.warren.docker.internal.container.NetworkPlan;
import dev.warren.docker.internal.container.SandboxNetworks;
import dev.warren.docker.internal.container.TaskStates;
import dev.warren.spi.Networks;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The addresses of tasks, as the engine gives them. */
public final class DockerNetworks implements Networks {
  private static final String SET_UP = "set up network of";

  /** Podman says so of all networks that are bridges; ours have other names. */
  private static final String PODMANS_WORD = "bridge";

  private final DockerEngine engine;
  private final ContainerLookup containers;
  private final LiveTasks tasks;
  private final SandboxNetworks networks;
  private final NetworkPlan plan;
  private final String publishedHost;

  /**
   * @param publishedHost where published ports of the engine are reached from here
   */
  public DockerNetworks(
      DockerEngine engine,
      ContainerLookup containers,
      LiveTasks tasks,
      SandboxNetworks networks,
      NetworkPlan plan,
      String publishedHost) {
    this.engine = engine;
    this.containers = containers;
    this.tasks = tasks;
    this.networks = networks;
    this.plan = plan;
    this.publishedHost = publishedHost;
  }

  @Override
  public Optional<InetAddress> setUp(String id) {
    return attached(SET_UP, id).map(container -> address(id, container));
  }

  @Override
  public InetSocketAddress endpoint(String id, int port) {
    String operation = "find endpoint of";
    InspectContainerResponse container =
        attached(operation, id)
            .orElseThrow(
                () ->
                    DockerErrors.error(Code.UNSUPPORTED, operation, id)
                        .detail("it has no network")
                        .remedy("give it one, or use its unix socket")
                        .build());
    if (plan.sharedHost()) {
      return new InetSocketAddress(address(id, container), port);
    }
    if (port != NetworkPlan.PORT) {
      throw DockerErrors.error(Code.UNSUPPORTED, operation, id)
          .detail("of a sandbox on another host only port " + NetworkPlan.PORT + " is published")
          .build();
    }
    return published(operation, id, container);
  }

  private InetSocketAddress published(
      String operation, String id, InspectContainerResponse container) {
    Ports ports = container.getNetworkSettings().getPorts();
    Ports.Binding[] bindings =
        ports == null ? null : ports.getBindings().get(ExposedPort.tcp(NetworkPlan.PORT));
    if (bindings == null || bindings.length == 0 || bindings[0].getHostPortSpec() == null) {
      throw DockerErrors.error(Code.UNAVAILABLE, operation, id)
          .detail("the engine has not published its port")
          .remedy("start it again")
          .build();
    }
    int port = Integer.parseInt(bindings[0].getHostPortSpec());
    InetSocketAddress endpoint = new InetSocketAddress(publishedHost, port);
    if (endpoint.isUnresolved()) {
      throw DockerErrors.error(Code.UNAVAILABLE, operation, id)
          .detail("the name of the engine's host cannot be resolved")
          .build();
    }
    return endpoint;
  }

  /** The running container with its network in place; empty where it has none. */
  private Optional<InspectContainerResponse> attached(String operation, String id) {
    InspectContainerResponse container = tasks.require(operation, id);
    String mode = mode(container);
    if (SandboxNetworks.isNone(mode)) {
      return Optional.empty();
    }
    InspectContainerResponse now = attach(operation, id, container);
    if (!hasAddress(now, mode)) {
      throw DockerErrors.error(Code.CONFLICT, operation, id).detail("its task has ended").build();
    }
    return Optional.of(now);
  }

  /**
   * Puts the network in place where it is not, and tells the state after that. One that ends
   * meanwhile needs no address.
   */
  public InspectContainerResponse attach(
      String operation, String id, InspectContainerResponse container) {
    String mode = mode(container);
    if (SandboxNetworks.isNone(mode) || hasAddress(container, mode)) {
      return container;
    }
    networks.ensure(mode);
    String engineId = container.getId();
    engine.change(
        operation,
        id,
        () -> {
          if (settings(container).containsKey(mode)) {
            disconnect(engineId, mode);
          }
          engine.api().connectToNetworkCmd().withNetworkId(mode).withContainerId(engineId).exec();
          return true;
        });
    InspectContainerResponse now = containers.require(operation, id);
    if (!hasAddress(now, mode) && TaskStates.isRunning(now)) {
      throw DockerErrors.error(Code.UNAVAILABLE, operation, id)
          .detail("the engine attached it and gave it no address")
          .build();
    }
    return now;
  }

  private void disconnect(String engineId, String mode) {
    engine
        .api()
        .disconnectFromNetworkCmd()
        .withNetworkId(mode)
        .withContainerId(engineId)
        .withForce(true)
        .exec();
  }

  @Override
  public void remove(String id) {
    String operation = "release network of";
    Optional<InspectContainerResponse> found = containers.find(operation, id);
    if (found.isEmpty()) {
      return;
    }
    InspectContainerResponse container = containers.require(operation, id);
    String mode = mode(container);
    // A container that does not run has released its address; only its wish for one is left.
    if (!SandboxNetworks.isNone(mode)
        && TaskStates.isRunning(container)
        && settings(container).containsKey(mode)) {
      engine.change(
          operation,
          id,
          () -> {
            disconnect(container.getId(), mode);
            return true;
          });
    }
  }

  @Override
  public Optional<String> check(String id) {
    InspectContainerResponse container = tasks.require("check network of", id);
    String mode = mode(container);
    if (SandboxNetworks.isNone(mode)) {
      return Optional.empty();
    }
    if (!hasAddress(container, mode)) {
      return Optional.of("it is not attached to the engine's network " + mode);
    }
    return !plan.sharedHost() || HostRoutes.reach(address(id, container), prefix(container, mode))
        ? Optional.empty()
        : Optional.of("this host has no interface in the network of the task's address");
  }

  private InetAddress address(String id, InspectContainerResponse container) {
    @Nullable ContainerNetwork network = settings(container).get(mode(container));
    try {
      return InetAddress.getByName(network == null ? "" : network.getIpAddress());
    } catch (UnknownHostException e) {
      throw DockerErrors.error(Code.INTERNAL, SET_UP, id)
          .detail("the engine gave an address that is none")
          .cause(e)
          .build();
    }
  }

  private static int prefix(InspectContainerResponse container, String mode) {
    ContainerNetwork network = settings(container).get(mode);
    Integer length = network == null ? null : network.getIpPrefixLen();
    return length == null ? 32 : length;
  }

  private static boolean hasAddress(InspectContainerResponse container, String mode) {
    ContainerNetwork network = settings(container).get(mode);
    return network != null && network.getIpAddress() != null && !network.getIpAddress().isEmpty();
  }

  private static Map<String, ContainerNetwork> settings(InspectContainerResponse container) {
    Map<String, ContainerNetwork> networks =
        container.getNetworkSettings() == null
            ? null
            : container.getNetworkSettings().getNetworks();
    return networks == null ? Map.of() : networks;
  }

  /** The engine's name of its network. */
  public static String mode(InspectContainerResponse container) {
    String mode =
        container.getHostConfig() == null ? null : container.getHostConfig().getNetworkMode();
    if (PODMANS_WORD.equals(mode)) {
      Map<String, ContainerNetwork> networks = settings(container);
      return networks.size() == 1 ? networks.keySet().iterator().next() : mode;
    }
    return mode == null ? "none" : mode;
  }
}
