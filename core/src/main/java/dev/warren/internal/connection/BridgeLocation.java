package dev.warren.internal.connection;

import dev.warren.SandboxAddress;

/**
 * Where a bridge is, and what proves that it is the one.
 *
 * @param fingerprint of the key that the bridge drew at this boot
 */
public record BridgeLocation(SandboxAddress address, String containerId, String fingerprint) {}
