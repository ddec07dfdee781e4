package dev.warren.spi;

import java.time.Instant;

/**
 * A kept copy of a writable layer.
 *
 * @param containerId the container it was made from
 */
public record Snapshot(String name, String containerId, Instant created) {}
