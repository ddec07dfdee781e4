package dev.warren.docker.internal.client;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.github.dockerjava.transport.DockerHttpClient.Request;
import com.github.dockerjava.transport.DockerHttpClient.Response;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/** The first words with an engine: who is it, and what does it speak? */
final class Greeting {
  private static final String OPERATION = "open runtime";

  private Greeting() {}

  static EngineVersion with(EngineTransport transport) throws IOException {
    ApiVersion spoken = EngineVersion.negotiate(ping(transport));
    JsonNode version;
    try {
      version = transport.json("/v" + spoken + "/version");
    } catch (JsonProcessingException e) {
      throw ConnectFault.stranger(OPERATION, e);
    }
    ApiVersion.parse(version.path("MinAPIVersion").asText(""))
        .ifPresent(oldest -> EngineVersion.checkOldest(spoken, oldest));
    String system = version.path("Os").asText("linux");
    if (!system.equals("linux")) {
      throw EngineVersion.unsupported(
          "the engine runs containers of " + system, "use an engine for Linux containers");
    }
    boolean podman = false;
    for (JsonNode component : version.path("Components")) {
      podman |= component.path("Name").asText("").startsWith("Podman");
    }
    return new EngineVersion(
        version.path("Version").asText("unknown"),
        spoken,
        version.path("Arch").asText("amd64"),
        podman);
  }

  private static ApiVersion ping(EngineTransport transport) throws IOException {
    Request request = Request.builder().method(Request.Method.GET).path("/_ping").build();
    try (Response response = transport.execute(request)) {
      String body =
          new String(response.getBody().readNBytes(1_000), StandardCharsets.UTF_8).strip();
      if (response.getStatusCode() == 400 && body.contains("HTTPS server")) {
        throw EngineVersion.wantsTls();
      }
      String header = response.getHeader("Api-Version");
      if (response.getStatusCode() != 200 || header == null) {
        throw ConnectFault.stranger(OPERATION, null);
      }
      return ApiVersion.parse(header).orElseThrow(() -> ConnectFault.stranger(OPERATION, null));
    }
  }
}
