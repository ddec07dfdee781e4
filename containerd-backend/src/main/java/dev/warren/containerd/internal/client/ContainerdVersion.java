package dev.warren.containerd.internal.client;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Which containerd answers.
 *
 * @param text as the daemon reports it
 * @param release empty where the text is no release, as in builds from a branch
 */
public record ContainerdVersion(String text, Optional<Release> release) {
  private static final Pattern NUMBERS = Pattern.compile("v?(\\d{1,6})\\.(\\d{1,6})(?:\\D.*)?");

  /** Major and minor number. */
  public record Release(int major, int minor) {
    boolean isAtLeast(int wantedMajor, int wantedMinor) {
      return major > wantedMajor || (major == wantedMajor && minor >= wantedMinor);
    }
  }

  static ContainerdVersion parse(String text) {
    Matcher numbers = NUMBERS.matcher(text.strip());
    return new ContainerdVersion(
        text,
        numbers.matches()
            ? Optional.of(
                new Release(Integer.parseInt(numbers.group(1)), Integer.parseInt(numbers.group(2))))
            : Optional.empty());
  }

  /** Whether it is this release or a later one; a daemon of unknown version counts as recent. */
  public boolean isAtLeast(int major, int minor) {
    return release.map(known -> known.isAtLeast(major, minor)).orElse(true);
  }
}
