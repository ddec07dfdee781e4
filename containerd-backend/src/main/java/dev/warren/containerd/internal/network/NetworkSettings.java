package dev.warren.containerd.internal.network;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * What the network of sandboxes is made with; checked before.
 *
 * @param binDirectories where the plugins are
 * @param bridge the interface
 * @param subnet the bridge's, IPv4
 * @param addressDirectory where addresses in use are kept
 * @param conflist a configuration list to use instead
 * @param timeout for one run of one plugin
 */
public record NetworkSettings(
    List<Path> binDirectories,
    String bridge,
    String subnet,
    Path addressDirectory,
    Optional<Path> conflist,
    Duration timeout) {}
