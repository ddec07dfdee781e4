package dev.warren.docker.internal.container;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.warren.SandboxException;
import dev.warren.SandboxException.Code;
import dev.warren.docker.internal.client.DockerEngine;
import dev.warren.docker.internal.client.DockerErrors;
import dev.warren.docker.internal.container.NetworkPlan.Definition;
import java.util.Locale;
import java.util.Optional;

/**
 * Makes the engine's networks when they are missing, and never removes one: others may use it. They
 * are made with a fixed subnet, so of several that make one at once only one succeeds. Thread-safe.
 */
public final class SandboxNetworks {
  private static final String OPERATION = "make network";
  private static final String LABEL = Ownership.PREFIX + "network";
  private static final String ICC = "com.docker.network.bridge.enable_icc";
  private static final String MASQUERADE = "com.docker.network.bridge.enable_ip_masquerade";

  private static final String NO_GATEWAY = "no gateway can be set";

  private final DockerEngine engine;
  private final NetworkPlan plan;

  public SandboxNetworks(DockerEngine engine, NetworkPlan plan) {
    this.engine = engine;
    this.plan = plan;
  }

  /**
   * Makes sure that the network of a container exists.
   *
   * @param mode its {@code NetworkMode}
   * @throws SandboxException {@code CONFLICT} when there is another of its name or its subnet is in
   *     use
   */
  public void ensure(String mode) {
    Optional<Definition> definition = plan.named(mode);
    if (definition.isPresent() && find(definition.get()).isEmpty()) {
      make(definition.get());
    }
  }

  /** Whether a container of this mode has no network at all. */
  public static boolean isNone(String mode) {
    return mode.equals("none");
  }

  private Optional<JsonNode> find(Definition wanted) {
    JsonNode found;
    try {
      found = engine.get(OPERATION, wanted.name(), "/networks/" + wanted.name());
    } catch (SandboxException e) {
      if (e.code() == Code.NOT_FOUND) {
        return Optional.empty();
      }
      throw e;
    }
    if (!found.path("Name").asText("").equals(wanted.name())) {
      return Optional.empty(); // the engine takes the beginning of an id for a name
    }
    if (!fits(found, wanted)) {
      throw error(wanted, "the engine has a network of this name that was not made for sandboxes")
          .remedy("name another network when opening the runtime")
          .build();
    }
    return Optional.of(found);
  }

  private static boolean fits(JsonNode found, Definition wanted) {
    boolean translated = found.path("Options").path(MASQUERADE).asText("true").equals("true");
    return !found.path("Labels").path(LABEL).isMissingNode()
        && found.path("Driver").asText("").equals("bridge")
        && found.path("Internal").asBoolean() == wanted.internal()
        && (wanted.internal() || translated == wanted.translated());
  }

  private void make(Definition wanted) {
    try {
      post(wanted);
    } catch (SandboxException e) {
      // Somebody else can have been quicker; who made it does not matter.
      if (find(wanted).isEmpty()) {
        throw explain(wanted, e);
      }
    }
  }

  /** Newer engines give internal networks no default route, and take no gateway for them. */
  private void post(Definition wanted) {
    try {
      post(wanted, wanted.nowhere());
    } catch (SandboxException e) {
      if (!wanted.internal() || !DockerErrors.engineText(e).contains(NO_GATEWAY)) {
        throw e;
      }
      post(wanted, Optional.empty());
    }
  }

  private void post(Definition wanted, Optional<String> nowhere) {
    engine.post(OPERATION, wanted.name(), "/networks/create", document(wanted, nowhere));
  }

  private static ObjectNode document(Definition wanted, Optional<String> nowhere) {
    ObjectNode node = JsonNodeFactory.instance.objectNode();
    node.put("Name", wanted.name()).put("CheckDuplicate", true).put("Driver", "bridge");
    node.put("Internal", wanted.internal()).put("EnableIPv6", false).put("Attachable", false);
    ObjectNode addresses =
        node.putObject("IPAM").put("Driver", "default").putArray("Config").addObject();
    addresses.put("Subnet", wanted.subnet());
    nowhere.ifPresent(
        address -> addresses.putObject("AuxiliaryAddresses").put("DefaultGatewayIPv4", address));
    node.putObject("Options")
        .put(ICC, "false")
        .put(MASQUERADE, Boolean.toString(wanted.translated()));
    node.putObject("Labels").put(LABEL, "1");
    return node;
  }

  private static SandboxException explain(Definition wanted, SandboxException failure) {
    String text = DockerErrors.engineText(failure).toLowerCase(Locale.ROOT);
    if (text.contains("overlaps")) {
      return error(wanted, "its subnet " + wanted.subnet() + " is in use by another network")
          .remedy("name another subnet when opening the runtime")
          .cause(failure)
          .build();
    }
    return failure;
  }

  private static SandboxException.Builder error(Definition wanted, String detail) {
    return DockerErrors.error(Code.CONFLICT, OPERATION, wanted.name()).detail(detail);
  }
}
