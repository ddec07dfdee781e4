package dev.warren.internal.manager;

import dev.warren.MountPolicy;
import dev.warren.PullOptions;
import dev.warren.PullPolicy;
import dev.warren.SandboxListener;
import dev.warren.SandboxSpec;
import dev.warren.spi.SandboxRuntime;
import java.time.Duration;
import java.util.List;

/** What a manager is built with. */
public record ManagerSettings(
    SandboxRuntime runtime,
    String name,
    SandboxSpec spec,
    PullPolicy pullPolicy,
    PullOptions pullOptions,
    MountPolicy mountPolicy,
    Transport transport,
    Duration startTimeout,
    Duration stopGrace,
    Duration lockTimeout,
    boolean stopOnClose,
    boolean closeRuntime,
    List<SandboxListener> listeners) {}
