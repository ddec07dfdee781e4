package dev.warren.containerd.internal.network;

import com.fasterxml.jackson.databind.JsonNode;
import dev.warren.Finding;
import dev.warren.Finding.Severity;
import dev.warren.containerd.internal.network.Attachment.Place;
import dev.warren.containerd.internal.oci.Json;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;

/** Looks at the CNI plugins without attaching anything. */
public final class CniExamination {
  private static final String ID = "containerd.cni";
  private static final Duration LIMIT = Duration.ofSeconds(5);
  private static final List<String> TYPES = List.of("bridge", "host-local");

  private CniExamination() {}

  /** Whether the plugins are there and answer. */
  public static Finding look(NetworkSettings options, Executor readers) {
    String missing = Attachments.missing(options);
    if (!missing.isEmpty()) {
      return Finding.of(ID, Severity.WARN, "sandboxes get no network: " + missing)
          .withRemedy("install the CNI plugins, for example into /opt/cni/bin");
    }
    if (options.conflist().isPresent()) {
      return Finding.of(ID, Severity.INFO, "the network is made by a configuration list of yours");
    }
    CniPlugins plugins = new CniPlugins(options.binDirectories(), LIMIT, readers);
    List<String> answers = new ArrayList<>();
    for (String type : TYPES) {
      try {
        answers.add(type + " speaks CNI up to " + newest(plugins, type));
      } catch (CniFault e) {
        return Finding.of(ID, Severity.FAIL, "sandboxes get no network: " + e.getMessage())
            .withRemedy("install the CNI plugins anew");
      }
    }
    return Finding.of(ID, Severity.OK, "the CNI plugins answer: " + String.join(", ", answers));
  }

  private static String newest(CniPlugins plugins, String type) throws CniFault {
    JsonNode answer =
        plugins.run(
            type,
            "VERSION",
            new Place("", "", ""),
            Json.MAPPER.createObjectNode().put("cniVersion", "1.0.0"));
    JsonNode versions = answer.path("supportedVersions");
    return versions.isEmpty() ? "an unknown version" : versions.get(versions.size() - 1).asText();
  }
}
