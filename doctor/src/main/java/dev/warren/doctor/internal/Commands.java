package dev.warren.doctor.internal;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** Runs programs that only print something. */
interface Commands {

  /** What it prints; empty where it cannot be run, fails, or does not end in time. */
  Optional<String> run(List<String> command, Path directory);
}
