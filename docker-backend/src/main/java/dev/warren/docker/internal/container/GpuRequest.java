package dev.warren.docker.internal.container;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.warren.SandboxException;
import dev.warren.SandboxException.Code;
import dev.warren.docker.internal.client.DockerErrors;
import dev.warren.docker.internal.client.EngineVersion;
import java.util.List;
import java.util.regex.Pattern;

/**
 * CDI device names as the engine wants them: as such since API 1.44, before that as a request to
 * NVIDIA's hook, which is the only driver there was.
 */
final class GpuRequest {
  private static final Pattern NAME =
      Pattern.compile("[A-Za-z0-9][A-Za-z0-9.-]*/[A-Za-z0-9][A-Za-z0-9_.-]*=[A-Za-z0-9][\\w.:-]*");
  private static final String NVIDIA = "nvidia.com/gpu=";

  private GpuRequest() {}

  static ArrayNode of(List<String> names, String subject, EngineVersion version) {
    ArrayNode requests = JsonNodeFactory.instance.arrayNode();
    if (names.isEmpty()) {
      return requests;
    }
    for (String name : names) {
      if (!NAME.matcher(name).matches()) {
        throw SandboxException.invalid(
            "check container",
            subject,
            "'" + name + "' is no CDI device name, such as nvidia.com/gpu=0");
      }
    }
    if (version.podman()) {
      // It would leave them out without a word.
      throw DockerErrors.error(Code.UNSUPPORTED, "check container", subject)
          .detail("Podman gives no devices through Docker's API")
          .remedy("use Docker")
          .build();
    }
    ObjectNode request = requests.addObject();
    if (version.api().isAtLeast(1, 44)) {
      request.put("Driver", "cdi");
      names.forEach(request.putArray("DeviceIDs")::add);
      return requests;
    }
    if (!names.stream().allMatch(name -> name.startsWith(NVIDIA))) {
      throw DockerErrors.error(Code.UNSUPPORTED, "check container", subject)
          .detail("this engine knows no devices but those of " + NVIDIA.replace("=", ""))
          .remedy("update Docker to 25 or newer, which knows CDI")
          .build();
    }
    request.put("Driver", "nvidia");
    request.putArray("Capabilities").addArray().add("gpu");
    List<String> devices = names.stream().map(name -> name.substring(NVIDIA.length())).toList();
    if (devices.contains("all")) {
      request.put("Count", -1);
    } else {
      devices.forEach(request.putArray("DeviceIDs")::add);
    }
    return requests;
  }
}
