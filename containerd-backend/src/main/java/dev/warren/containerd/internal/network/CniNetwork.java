package dev.warren.containerd.internal.network;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.warren.containerd.internal.network.Attachment.Place;
import org.jspecify.annotations.Nullable;

/** Executes a network configuration list: ADD in its order, DEL in reverse. Thread-safe. */
final class CniNetwork {
  private final NetworkList list;
  private final CniPlugins plugins;

  CniNetwork(NetworkList list, CniPlugins plugins) {
    this.list = list;
    this.plugins = plugins;
  }

  NetworkList list() {
    return list;
  }

  /** Attaches, and answers the last plugin's result. What a failed chain did is not undone here. */
  JsonNode add(Place place) throws CniFault {
    JsonNode result = null;
    for (ObjectNode plugin : list.plugins()) {
      String type = plugin.path("type").asText();
      result = plugins.run(type, "ADD", place, config(plugin, result));
      if (!result.isObject()) {
        throw new CniFault(
            CniFault.Kind.BROKEN, "the CNI plugin '" + type + "' gave no result", null);
      }
    }
    if (result == null) {
      throw new CniFault(CniFault.Kind.BROKEN, "the network has no plugins", null);
    }
    return result;
  }

  /**
   * Detaches. All plugins are asked, also after one has failed; the first failure is thrown.
   *
   * @param result of the ADD, where it is known
   */
  void del(Place place, @Nullable JsonNode result) throws CniFault {
    CniFault first = null;
    for (int i = list.plugins().size() - 1; i >= 0; i--) {
      ObjectNode plugin = list.plugins().get(i);
      try {
        plugins.run(plugin.path("type").asText(), "DEL", place, config(plugin, result));
      } catch (CniFault e) {
        if (first == null) {
          first = e;
        }
      }
    }
    if (first != null) {
      throw first;
    }
  }

  private ObjectNode config(ObjectNode plugin, @Nullable JsonNode previous) {
    ObjectNode config = plugin.deepCopy();
    config.put("name", list.name()).put("cniVersion", list.version());
    config.remove("capabilities");
    if (previous != null && previous.isObject()) {
      config.set("prevResult", previous);
    }
    return config;
  }
}
