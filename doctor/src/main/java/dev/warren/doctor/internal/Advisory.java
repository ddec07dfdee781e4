package dev.warren.doctor.internal;

import dev.warren.Finding.Severity;
import java.lang.module.ModuleDescriptor.Version;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A published vulnerability of a program.
 *
 * @param affected by version
 * @param effect what it lets an attacker do
 */
record Advisory(
    String program, String cve, Severity severity, List<Range> affected, String effect) {
  private static final Pattern NUMBER =
      Pattern.compile(
          "(?<![\\w.])v?(\\d{1,6}(?:\\.\\d{1,6}){1,3}(?:-(?:rc|beta|alpha)[.\\d]{0,8})?)(?![\\d])");

  /** From the first affected version to the first fixed one, which is not affected. */
  record Range(Version from, Version fixed) {
    boolean holds(Version version) {
      return version.compareTo(from) >= 0 && version.compareTo(fixed) < 0;
    }
  }

  boolean affects(Version version) {
    return affected.stream().anyMatch(range -> range.holds(version));
  }

  /** The first version number in a text, without what a distribution added to it. */
  static Optional<Version> number(String text) {
    Matcher number = NUMBER.matcher(text);
    return number.find()
        ? Optional.of(Version.parse(number.group(1).replaceAll("[.-]$", "")))
        : Optional.empty();
  }
}
