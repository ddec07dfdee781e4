package dev.warren.docker.internal.container;

import dev.warren.SandboxException;
import dev.warren.SandboxException.Code;
import dev.warren.docker.internal.client.DockerErrors;
import dev.warren.docker.internal.client.EngineFacts;
import dev.warren.engine.internal.check.CommandCheck;
import dev.warren.engine.internal.check.TimeZones;
import dev.warren.spi.ContainerSpec;
import java.util.regex.Pattern;

/** Refuses what the engine would refuse later, or would understand differently. */
final class SpecCheck {
  private static final String OPERATION = "check container";
  private static final Pattern CAPABILITY = Pattern.compile("CAP_[A-Z][A-Z_]{1,40}");
  private static final Pattern RUNTIME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,100}");
  private static final Pattern HOST_NAME =
      Pattern.compile("[A-Za-z0-9]([A-Za-z0-9._-]{0,61}[A-Za-z0-9])?");

  private SpecCheck() {}

  /**
   * @throws SandboxException {@code INVALID_ARGUMENT}, {@code UNSUPPORTED}
   */
  static void check(ContainerSpec spec, EngineFacts facts) {
    CommandCheck.check(spec);
    spec.hostName()
        .ifPresent(
            name -> require(HOST_NAME.matcher(name).matches(), spec, "its host name is not valid"));
    TimeZones.check(spec);
    for (String capability : spec.hardening().capabilities()) {
      require(
          CAPABILITY.matcher(capability).matches(),
          spec,
          "'" + capability + "' is no capability, such as CAP_CHOWN");
    }
    spec.labels().keySet().forEach(key -> label(spec, key));
    spec.runtimeName().ifPresent(name -> runtime(spec, name, facts));
  }

  private static void label(ContainerSpec spec, String key) {
    require(
        !key.isEmpty() && key.indexOf('\n') < 0 && !key.startsWith(Ownership.PREFIX),
        spec,
        "labels have a name of one line, which does not begin with " + Ownership.PREFIX);
  }

  private static void runtime(ContainerSpec spec, String name, EngineFacts facts) {
    require(RUNTIME.matcher(name).matches(), spec, "'" + name + "' is no name of a runtime");
    // A shim's full name need not be configured with newer engines.
    if (!facts.runtimes().contains(name) && !name.startsWith("io.containerd.")) {
      throw DockerErrors.error(Code.UNSUPPORTED, OPERATION, spec.id())
          .detail("the engine has no runtime '" + name + "'")
          .remedy("add it to the engine's configuration; it has " + facts.runtimes())
          .build();
    }
  }

  private static void require(boolean condition, ContainerSpec spec, String detail) {
    if (!condition) {
      throw SandboxException.invalid(OPERATION, spec.id(), detail);
    }
  }
}
