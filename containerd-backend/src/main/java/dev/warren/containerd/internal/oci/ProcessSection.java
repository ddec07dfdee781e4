package dev.warren.containerd.internal.oci;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.warren.containerd.internal.manifest.ImageConfig;
import dev.warren.engine.internal.check.CommandCheck;
import dev.warren.engine.internal.check.HostLimits;
import dev.warren.spi.ContainerSpec;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** The {@code process} of a specification. */
final class ProcessSection {
  private static final String PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

  private static final HostLimits LIMITS = HostLimits.ofThisHost();

  private ProcessSection() {}

  static void check(ContainerSpec spec) {
    CommandCheck.check(spec);
    Capabilities.check(spec.hardening().capabilities(), spec.id());
  }

  static ObjectNode of(
      ContainerSpec spec, ImageConfig image, ResolvedUser user, Optional<String> hostTimeZone) {
    ObjectNode node = Json.MAPPER.createObjectNode();
    node.put("terminal", false);
    ObjectNode who = node.putObject("user").put("uid", user.uid()).put("gid", user.gid());
    if (!user.groups().isEmpty()) {
      ArrayNode groups = who.putArray("additionalGids");
      user.groups().forEach(groups::add);
    }
    node.set("args", Json.strings(spec.command()));
    node.set("env", env(spec, image, hostTimeZone));
    String imageDirectory = image.workingDir().startsWith("/") ? image.workingDir() : "/";
    node.put("cwd", spec.workingDirectory().orElse(imageDirectory));
    node.set("capabilities", Capabilities.section(spec.hardening().capabilities()));
    node.put("noNewPrivileges", spec.hardening().noNewPrivileges());
    spec.limits()
        .openFiles()
        .ifPresent(
            asked -> {
              long files = LIMITS.openFiles(asked);
              node.putArray("rlimits")
                  .addObject()
                  .put("type", "RLIMIT_NOFILE")
                  .put("hard", files)
                  .put("soft", files);
            });
    return node;
  }

  private static ArrayNode env(
      ContainerSpec spec, ImageConfig image, Optional<String> hostTimeZone) {
    Map<String, String> merged = new LinkedHashMap<>();
    merged.put("PATH", PATH);
    for (String entry : image.env()) {
      int equals = entry.indexOf('=');
      if (equals > 0) {
        merged.put(entry.substring(0, equals), entry.substring(equals + 1));
      }
    }
    spec.timeZone().or(() -> hostTimeZone).ifPresent(zone -> merged.put("TZ", zone));
    merged.putAll(spec.env());
    ArrayNode array = Json.MAPPER.createArrayNode();
    merged.forEach((name, value) -> array.add(name + "=" + value));
    return array;
  }
}
