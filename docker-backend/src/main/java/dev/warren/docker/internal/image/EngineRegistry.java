package dev.warren.docker.internal.image;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.github.dockerjava.transport.DockerHttpClient.Request;
import dev.warren.ImageRef;
import dev.warren.PullOptions.Credentials;
import dev.warren.PullProgress;
import dev.warren.SandboxException;
import dev.warren.SandboxException.Code;
import dev.warren.docker.internal.client.DockerEngine;
import dev.warren.docker.internal.client.DockerErrors;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Consumer;

/** Registries, as the engine reaches them. Thread-safe. */
final class EngineRegistry {
  static final String PULL = "pull image";
  private static final String RESOLVE = "resolve digest";
  private static final ObjectMapper MAPPER = new ObjectMapper();

  private static final Duration LOOK_UP = Duration.ofMinutes(2);

  private final DockerEngine engine;
  private final RegistryLogins logins;

  EngineRegistry(DockerEngine engine, RegistryLogins logins) {
    this.engine = engine;
    this.logins = logins;
  }

  /** What a name means at a source now. */
  String digest(PullSource source, Optional<Credentials> credentials) {
    String name = source.name().toString();
    Request request =
        Request.builder()
            .method(Request.Method.GET)
            .path("/distribution/" + name + "/json")
            .putAllHeaders(logins.headers(RESOLVE, source, credentials))
            .build();
    JsonNode answer;
    try {
      answer = engine.exchange(RESOLVE, name, LOOK_UP, request, MAPPER::readTree);
    } catch (SandboxException e) {
      throw PullErrors.of(e);
    }
    String digest = answer.path("Descriptor").path("digest").asText();
    if (digest.isEmpty()) {
      throw DockerErrors.error(Code.INTERNAL, RESOLVE, name)
          .detail("the engine gave no digest")
          .build();
    }
    return digest;
  }

  /**
   * Lets the engine pull.
   *
   * @param name at the source, by tag or by digest
   * @return the digest of what was pulled, where the engine tells
   */
  Optional<String> pull(
      PullSource source,
      ImageRef name,
      Optional<Credentials> credentials,
      Consumer<PullProgress> listener) {
    String subject = name.toString();
    Request request =
        Request.builder()
            .method(Request.Method.POST)
            .path(
                "/images/create?fromImage="
                    + encoded(PullSource.repository(name))
                    + "&tag="
                    + encoded(name.digest().or(name::tag).orElseThrow()))
            .putAllHeaders(logins.headers(PULL, source, credentials))
            .build();
    PullEvents events = new PullEvents(listener);
    try {
      engine.exchange(
          PULL,
          subject,
          DockerEngine.TRANSFER,
          request,
          body -> {
            events.read(body);
            return true;
          });
    } catch (SandboxException e) {
      throw PullErrors.of(e);
    }
    if (events.error().isPresent()) {
      throw PullErrors.inStream(PULL, subject, events.error().get());
    }
    // Podman says nothing at the end; an answer that is cut off fails where it is read.
    if (!events.succeeded() && !engine.version().podman()) {
      throw DockerErrors.error(Code.UNAVAILABLE, PULL, subject)
          .detail("the engine ended the pull without saying that it succeeded")
          .build();
    }
    return events.digest();
  }

  private static String encoded(String value) {
    return URLEncoder.encode(value, StandardCharsets.UTF_8);
  }
}
