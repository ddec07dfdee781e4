package dev.warren.containerd.internal.oci;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.warren.Mount;
import dev.warren.Network;
import dev.warren.spi.ContainerSpec;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What a start must know beyond the OCI specification; kept in it as an annotation, because labels
 * are the user's. So a start needs nothing but the engine's record.
 *
 * @param dns as text, because it is written into a file
 * @param binds with the path that was asked for, which may lead elsewhere by now
 */
public record SandboxRecord(
    Network network, List<String> dns, String hostName, List<Mount.Bind> binds) {

  /** The annotation's name. */
  static final String ANNOTATION = "dev.warren.sandbox";

  private static final int MAX_HOST_NAME = 63;

  public SandboxRecord {
    dns = List.copyOf(dns);
    binds = List.copyOf(binds);
  }

  static SandboxRecord of(ContainerSpec spec) {
    return new SandboxRecord(
        spec.network(),
        spec.dns().stream().map(address -> address.getHostAddress()).toList(),
        spec.hostName().orElseGet(() -> hostName(spec.id())),
        spec.mounts().stream()
            .filter(Mount.Bind.class::isInstance)
            .map(Mount.Bind.class::cast)
            .toList());
  }

  /** An id can be longer than the kernel allows for a host name. */
  private static String hostName(String id) {
    String cut = id.substring(0, Math.min(MAX_HOST_NAME, id.length()));
    return cut.replaceAll("[._-]+$", "");
  }

  /** Reads it from a specification; empty for containers that others made. */
  public static Optional<SandboxRecord> of(JsonNode runtimeSpec) {
    String text = runtimeSpec.path("annotations").path(ANNOTATION).asText("");
    if (text.isEmpty()) {
      return Optional.empty();
    }
    try {
      JsonNode node = Json.MAPPER.readTree(text);
      List<String> dns = new ArrayList<>();
      node.path("dns").forEach(server -> dns.add(server.asText()));
      List<Mount.Bind> binds = new ArrayList<>();
      node.path("binds")
          .forEach(
              bind ->
                  binds.add(
                      new Mount.Bind(
                          Path.of(bind.path("source").asText()),
                          bind.path("target").asText(),
                          bind.path("readOnly").asBoolean(true))));
      return Optional.of(
          new SandboxRecord(
              network(node.path("network").asText()), dns, node.path("host").asText(), binds));
    } catch (JsonProcessingException | RuntimeException e) {
      return Optional.empty();
    }
  }

  String text() {
    ObjectNode node = Json.MAPPER.createObjectNode();
    node.put("network", name(network));
    node.put("host", hostName);
    dns.forEach(node.putArray("dns")::add);
    var list = node.putArray("binds");
    for (Mount.Bind bind : binds) {
      list.addObject()
          .put("source", bind.source().toString())
          .put("target", bind.target())
          .put("readOnly", bind.readOnly());
    }
    return node.toString();
  }

  private static String name(Network network) {
    if (network instanceof Network.None) {
      return "none";
    }
    return network instanceof Network.Egress ? "egress" : "isolated";
  }

  private static Network network(String name) {
    return switch (name) {
      case "none" -> Network.none();
      case "egress" -> Network.egress();
      default -> Network.isolated();
    };
  }
}
