package dev.warren.containerd.internal.network;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.warren.SandboxException;
import dev.warren.SandboxException.Code;
import dev.warren.containerd.internal.client.ContainerdErrors;
import dev.warren.containerd.internal.oci.Json;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A network configuration list.
 *
 * @param name also the folder of its addresses, so both networks of a bridge share one
 */
record NetworkList(String name, String version, List<ObjectNode> plugins) {
  /** The newest version that plugins of all ages in use understand. */
  private static final String VERSION = "0.4.0";

  /**
   * The list for a bridge. {@code bridge} and {@code host-local} are all: what dials a sandbox is
   * the host itself, so neither port mappings nor a firewall plugin are needed, and each would cost
   * more than the rest of the start.
   *
   * <p>Isolated, the plugin does not get to make the bridge a gateway: it would switch on
   * forwarding for the whole host. The bridge has its address from {@link Bridge}.
   */
  static NetworkList builtIn(NetworkSettings options, boolean egress) {
    ObjectNode plugin = Json.MAPPER.createObjectNode();
    plugin
        .put("type", "bridge")
        .put("bridge", options.bridge())
        .put("isGateway", egress)
        .put("ipMasq", egress)
        .put("hairpinMode", false)
        // Since 1.3; for older ones the host does it after the ADD.
        .put("portIsolation", true);
    ObjectNode ipam = plugin.putObject("ipam");
    ipam.put("type", "host-local").put("dataDir", options.addressDirectory().toString());
    ipam.putArray("ranges").addArray().addObject().put("subnet", options.subnet());
    if (egress) {
      ipam.putArray("routes").addObject().put("dst", "0.0.0.0/0");
    }
    return new NetworkList(options.bridge(), VERSION, List.of(plugin));
  }

  /**
   * Reads the user's list.
   *
   * @throws SandboxException {@code UNAVAILABLE} when it cannot be read, {@code INVALID_ARGUMENT}
   *     when it is no list
   */
  static NetworkList read(Path file) {
    JsonNode node;
    try {
      node = Json.MAPPER.readTree(file.toFile());
    } catch (IOException e) {
      throw SandboxException.of(Code.UNAVAILABLE, "read network configuration", "")
          .backend(ContainerdErrors.BACKEND)
          .detail("the network configuration list is missing or no JSON")
          .cause(e)
          .build();
    }
    List<ObjectNode> plugins = new ArrayList<>();
    node.path("plugins")
        .forEach(
            plugin -> {
              if (plugin instanceof ObjectNode object && object.path("type").isTextual()) {
                plugins.add(object);
              }
            });
    if (plugins.isEmpty() || !node.path("name").isTextual()) {
      throw SandboxException.invalid(
          "read network configuration", "", "it has no name or no plugins with a type");
    }
    return new NetworkList(
        node.path("name").asText(), node.path("cniVersion").asText(VERSION), plugins);
  }

  List<String> types() {
    List<String> types = new ArrayList<>();
    for (ObjectNode plugin : plugins) {
      types.add(plugin.path("type").asText());
      String ipam = plugin.path("ipam").path("type").asText("");
      if (!ipam.isEmpty()) {
        types.add(ipam);
      }
    }
    return types;
  }
}
