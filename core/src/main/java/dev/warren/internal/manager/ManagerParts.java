package dev.warren.internal.manager;

import dev.warren.MountPolicy;
import dev.warren.spi.SandboxRuntime;
import java.nio.file.Path;
import java.time.Duration;
import java.util.function.Supplier;

/** What the operations on sandboxes work with. */
record ManagerParts(
    SandboxRuntime runtime,
    SandboxLayout layout,
    SpecComposer composer,
    ImagePuller images,
    MountPolicy mounts,
    BridgeLocator locator,
    BridgeLinks links,
    Supplier<Path> binary,
    Supplier<Path> clientCa,
    Duration stopGrace) {}
