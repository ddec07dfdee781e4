package dev.warren.docker.internal.container;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.warren.Network;
import dev.warren.SandboxException;
import java.util.List;
import java.util.Optional;

/**
 * Which of the engine's networks stands for what a sandbox may reach.
 *
 * <p>Isolated, on this host: an internal network. The engine gives it no way out and separates it
 * from its other networks; the host reaches the containers' addresses.
 *
 * <p>Engines before 28 give even that a default route, and keep it shut with the packet filter,
 * which they may have been told to leave alone. So the route leads to an address that nobody has.
 *
 * <p>Isolated, on another host: that host's addresses are not reachable from here, and the engine
 * publishes no ports of internal networks. So it is a bridge without address translation: what a
 * sandbox sends leaves with an address nobody outside has a way back to. Connections to the outside
 * do not come about; single datagrams can leave; the engine's host itself can be reached, and so
 * can machines that were given a route to the subnet.
 *
 * <p>Egress: a bridge with address translation.
 *
 * <p>On all of them, sandboxes do not reach one another, as far as the engine manages the packet
 * filter.
 *
 * @param prefix begins the names
 * @param subnet is divided: half for isolated, a quarter each for egress and for isolated of other
 *     hosts
 * @param sharedHost whether the containers' addresses are reachable from here
 */
public record NetworkPlan(String prefix, Subnet subnet, boolean sharedHost) {
  /** The port of the bridge, which is all that is ever published. */
  public static final int PORT = 9090;

  static final String PUBLISHED = PORT + "/tcp";
  private static final String NONE = "none";

  /**
   * One network of the engine.
   *
   * @param translated whether addresses are translated on the way out
   * @param nowhere an address that nobody gets: where the default route of sandboxes leads; empty:
   *     to the engine's host
   */
  record Definition(
      String name, String subnet, boolean internal, boolean translated, Optional<String> nowhere) {}

  /** The engine's name of the network, for {@code NetworkMode}. */
  public String mode(Network network) {
    return definition(network).map(Definition::name).orElse(NONE);
  }

  /** Publishes the bridge's port where the container's address is not reachable. */
  public void expose(Network network, ObjectNode container) {
    if (sharedHost || network instanceof Network.None) {
      return;
    }
    container.putObject("ExposedPorts").putObject(PUBLISHED);
    container
        .withObject("/HostConfig")
        .putObject("PortBindings")
        .putArray(PUBLISHED)
        .addObject()
        .put("HostIp", "")
        .put("HostPort", "");
  }

  List<Definition> all() {
    return List.of(isolated(), reachable(), egress());
  }

  /** That of a container, by its {@code NetworkMode}. */
  Optional<Definition> named(String mode) {
    return all().stream().filter(definition -> definition.name().equals(mode)).findFirst();
  }

  private Optional<Definition> definition(Network network) {
    if (network instanceof Network.None) {
      return Optional.empty();
    }
    if (network instanceof Network.Egress) {
      return Optional.of(egress());
    }
    if (network instanceof Network.Isolated) {
      return Optional.of(sharedHost ? isolated() : reachable());
    }
    throw SandboxException.invalid("check container", "", "the network is of an unknown kind");
  }

  private Definition isolated() {
    return new Definition(
        prefix + "-isolated", subnet.part(2, 0), true, false, Optional.of(subnet.lastOf(2, 0)));
  }

  private Definition egress() {
    return new Definition(prefix + "-egress", subnet.part(4, 2), false, true, Optional.empty());
  }

  private Definition reachable() {
    return new Definition(prefix + "-reachable", subnet.part(4, 3), false, false, Optional.empty());
  }
}
