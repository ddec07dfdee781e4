package dev.warren.examples;

import dev.warren.SandboxException;
import dev.warren.SandboxRuntimes;
import dev.warren.StateDirectory;
import dev.warren.spi.SandboxRuntime;
import java.nio.file.Path;

/**
 * Prints what discovery finds in this JVM's environment, the state directory being the argument.
 */
final class Discovering {
  private Discovering() {}

  public static void main(String[] args) {
    try (SandboxRuntime runtime = SandboxRuntimes.discover(StateDirectory.at(Path.of(args[0])))) {
      System.out.println("found " + runtime.info().name());
    } catch (SandboxException e) {
      System.out.println(e.code() + " " + e.getMessage());
    }
  }
}
