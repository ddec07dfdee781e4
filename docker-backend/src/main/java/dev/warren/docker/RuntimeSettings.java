package dev.warren.docker;

import dev.warren.StateDirectory;
import dev.warren.docker.internal.client.Endpoint;
import java.util.Optional;

/**
 * What a {@link DockerRuntime.Builder} has collected.
 *
 * @param sharedHost empty: to be found out
 * @param publishedHost where ports that the engine publishes are reached
 */
record RuntimeSettings(
    Endpoint endpoint,
    String owner,
    String network,
    String subnet,
    Optional<Boolean> sharedHost,
    String publishedHost,
    RegistryOptions registries,
    StateDirectory stateDirectory) {}
