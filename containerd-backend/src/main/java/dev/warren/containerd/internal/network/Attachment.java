package dev.warren.containerd.internal.network;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.warren.containerd.internal.oci.Json;
import java.util.Optional;

/**
 * What is known of a container's attachment.
 *
 * @param egress which of the two networks it was made on
 * @param result of the last ADD, in the plugins' form; missing while the ADD runs
 */
record Attachment(boolean egress, JsonNode result) {

  /**
   * Where a plugin works.
   *
   * @param namespace path of the network namespace; empty when it is gone
   */
  record Place(String containerId, String namespace, String interfaceName) {}

  /** To be written down before an ADD, so that a crash in it is found later. */
  static Attachment begun(boolean egress) {
    return new Attachment(egress, Json.MAPPER.missingNode());
  }

  static Attachment read(JsonNode node) {
    return new Attachment(node.path("egress").asBoolean(), node.path("result"));
  }

  ObjectNode write() {
    ObjectNode node = Json.MAPPER.createObjectNode().put("egress", egress);
    if (!result.isMissingNode()) {
      node.set("result", result);
    }
    return node;
  }

  /** The first address, without the length of its subnet. */
  Optional<String> address() {
    String text = result.path("ips").path(0).path("address").asText("");
    int slash = text.indexOf('/');
    String address = slash < 0 ? text : text.substring(0, slash);
    return address.isEmpty() ? Optional.empty() : Optional.of(address);
  }

  /** The host's end of the cable. */
  Optional<String> hostInterface() {
    for (JsonNode item : result.path("interfaces")) {
      String name = item.path("name").asText("");
      if (item.path("sandbox").asText("").isEmpty() && name.startsWith("veth")) {
        return Optional.of(name);
      }
    }
    return Optional.empty();
  }
}
