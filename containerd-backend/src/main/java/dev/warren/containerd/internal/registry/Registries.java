package dev.warren.containerd.internal.registry;

import dev.warren.ImageRef;
import dev.warren.PullOptions.Credentials;
import dev.warren.engine.internal.login.DockerLogins;
import dev.warren.engine.internal.login.Login;
import dev.warren.engine.internal.retry.EngineRetries;
import dev.warren.engine.internal.retry.RetryPolicy;
import java.util.List;
import java.util.Optional;

/** All registries, reached by one set of settings. Thread-safe. */
public final class Registries {
  private final RegistrySettings settings;
  private final HttpTransport transport;
  private final RetryPolicy retries;

  public Registries(RegistrySettings settings) {
    this(settings, EngineRetries.REGISTRY_READ);
  }

  public Registries(RegistrySettings settings, RetryPolicy retries) {
    this.settings = settings;
    this.transport = new HttpTransport(settings);
    this.retries = retries;
  }

  /** How reads are repeated. */
  public RetryPolicy retries() {
    return retries;
  }

  /**
   * The repository of an image. Nothing is sent yet.
   *
   * @param credentials for the registry itself; mirrors get only what the Docker configuration has
   *     for them
   */
  public RegistrySession open(ImageRef ref, Optional<Credentials> credentials) {
    List<EndpointClient> clients =
        Endpoint.of(ref.registry(), settings).stream()
            .map(endpoint -> client(endpoint, ref, credentials))
            .toList();
    return new RegistrySession(ref, clients, retries);
  }

  /** The login the Docker configuration has for a registry. */
  public Optional<Login> configuredLogin(String registry) throws InterruptedException {
    return settings.dockerConfig().isPresent()
        ? new DockerLogins(settings.dockerConfig().get()).find(registry)
        : Optional.empty();
  }

  /** Whether a registry has mirrors, or a certificate that only this process knows. */
  public boolean needsOwnClient(String registry) {
    return settings.mirrors().containsKey(registry) || settings.extraCa().isPresent();
  }

  /** Whether a host is the one, or one of those, that a registry's API is on. */
  public boolean isHostOf(String registry, String host) {
    return Endpoint.of(registry, settings).stream()
        .filter(endpoint -> !endpoint.mirror())
        .anyMatch(
            endpoint -> host.equals(registry) || host.equals(endpoint.base().getRawAuthority()));
  }

  /** Whether a registry is spoken to without TLS. */
  public boolean isPlain(String registry) {
    return Endpoint.allowsPlain(registry, settings);
  }

  private EndpointClient client(
      Endpoint endpoint, ImageRef ref, Optional<Credentials> credentials) {
    Authorizer.LoginSource logins =
        () ->
            credentials.isPresent() && !endpoint.mirror()
                ? credentials.map(Login::of)
                : configuredLogin(endpoint.loginHost());
    Authorizer authorizer = new Authorizer(transport, settings, endpoint, ref.repository(), logins);
    return new EndpointClient(endpoint, ref.repository(), transport, authorizer);
  }
}
