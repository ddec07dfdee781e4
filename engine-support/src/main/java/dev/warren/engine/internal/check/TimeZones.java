package dev.warren.engine.internal.check;

import dev.warren.SandboxException;
import dev.warren.spi.ContainerSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.Pattern;

/** Which time zone a sandbox sees: the spec's, else the host's. */
public final class TimeZones {
  private static final Pattern NAME =
      Pattern.compile("[A-Za-z0-9_+-]{1,64}(?:/[A-Za-z0-9_+-]{1,64}){0,3}");

  private final Path localTime;
  private final Path database;

  TimeZones(Path localTime, Path database) {
    this.localTime = localTime;
    this.database = database;
  }

  /** Those that this host has installed. */
  public static TimeZones ofThisHost() {
    return new TimeZones(Path.of("/etc/localtime"), Path.of("/usr/share/zoneinfo"));
  }

  /**
   * Checks the name of a spec's zone.
   *
   * @throws SandboxException {@code INVALID_ARGUMENT}
   */
  public static void check(ContainerSpec spec) {
    spec.timeZone()
        .filter(name -> !NAME.matcher(name).matches())
        .ifPresent(
            name -> {
              throw SandboxException.invalid(
                  "check container",
                  spec.id(),
                  "'" + name + "' is no time zone, such as Europe/Berlin");
            });
  }

  /** The host's {@code TZ}, where it is set to a name. */
  public static Optional<String> hostName() {
    return Optional.ofNullable(System.getenv("TZ")).filter(name -> NAME.matcher(name).matches());
  }

  /** The file to show as {@code /etc/localtime}, without links; empty where the host has none. */
  public Optional<Path> file(Optional<String> zone) {
    try {
      Path real = zone.map(database::resolve).orElse(localTime).toRealPath();
      return Files.isRegularFile(real) ? Optional.of(real) : Optional.empty();
    } catch (IOException e) {
      return Optional.empty();
    }
  }
}
