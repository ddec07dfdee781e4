package dev.warren.doctor.internal;

import dev.warren.Finding;
import dev.warren.Finding.Severity;
import java.util.List;

/** The host's time zones, which sandboxes are shown. */
final class TimeZonesCheck implements Check {
  private static final String ID = "host.time-zones";

  private final Host host;

  TimeZonesCheck(Host host) {
    this.host = host;
  }

  @Override
  public String subject() {
    return ID;
  }

  @Override
  public List<Finding> look() {
    return List.of(
        host.exists("/usr/share/zoneinfo")
            ? Finding.of(ID, Severity.OK, "the time zones are installed")
            : Finding.of(ID, Severity.INFO, "there is no /usr/share/zoneinfo: sandboxes are in UTC")
                .withRemedy("install tzdata on the host"));
  }
}
