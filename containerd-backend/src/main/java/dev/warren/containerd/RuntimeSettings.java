package dev.warren.containerd;

import dev.warren.StateDirectory;
import java.nio.file.Path;

/** What a {@link ContainerdRuntime.Builder} has collected. */
record RuntimeSettings(
    Path socket,
    String namespace,
    String snapshotter,
    CniOptions cni,
    StateDirectory stateDirectory) {}
