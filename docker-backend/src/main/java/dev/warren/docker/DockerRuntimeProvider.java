package dev.warren.docker;

import dev.warren.SandboxException;
import dev.warren.StateDirectory;
import dev.warren.docker.internal.client.DockerEngine;
import dev.warren.docker.internal.client.EngineVersion;
import dev.warren.spi.SandboxRuntime;
import dev.warren.spi.SandboxRuntimeProvider;
import java.util.Map;

/**
 * Finds Docker where its command line would: at {@code DOCKER_HOST}, with {@code DOCKER_TLS_VERIFY}
 * and {@code DOCKER_CERT_PATH}, else at its usual socket.
 */
public final class DockerRuntimeProvider implements SandboxRuntimeProvider {
  private final Map<String, String> environment;

  /** For {@code ServiceLoader}. */
  public DockerRuntimeProvider() {
    this(System.getenv());
  }

  DockerRuntimeProvider(Map<String, String> environment) {
    this.environment = environment;
  }

  @Override
  public String name() {
    return DockerRuntime.NAME;
  }

  @Override
  public Availability probe() {
    try (DockerEngine engine =
        DockerEngine.open(new DockerRuntime.Builder(environment).endpoint())) {
      EngineVersion version = engine.version();
      return new Availability.Available(
          (version.podman() ? "Podman " : "Docker ")
              + version.text()
              + " at "
              + (engine.endpoint().isUnix() ? "its socket" : engine.endpoint())
              + ", API "
              + version.api());
    } catch (SandboxException e) {
      return new Availability.Unavailable(e.getMessage());
    }
  }

  @Override
  public SandboxRuntime open(StateDirectory stateDirectory) {
    return new DockerRuntime.Builder(environment).stateDirectory(stateDirectory).build();
  }
}
