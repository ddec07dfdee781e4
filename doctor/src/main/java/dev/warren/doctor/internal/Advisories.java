package dev.warren.doctor.internal;

import dev.warren.Finding.Severity;
import dev.warren.doctor.internal.Advisory.Range;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.module.ModuleDescriptor.Version;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/** The vulnerabilities of {@code advisories.txt}. Immutable. */
final class Advisories {
  private static final String RESOURCE = "advisories.txt";

  private final List<Advisory> all;

  private Advisories(List<Advisory> all) {
    this.all = List.copyOf(all);
  }

  /** Those that come with Warren. */
  static Advisories load() {
    try (InputStream stream =
        Objects.requireNonNull(Advisories.class.getResourceAsStream(RESOURCE), RESOURCE)) {
      return parse(new String(stream.readAllBytes(), StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static Advisories parse(String text) {
    List<Advisory> found = new ArrayList<>();
    text.lines()
        .map(String::strip)
        .filter(line -> !line.isEmpty() && !line.startsWith("#"))
        .forEach(line -> found.add(advisory(line)));
    return new Advisories(found);
  }

  private static Advisory advisory(String line) {
    int colon = line.indexOf(" : ");
    List<String> words = List.of(line.substring(0, colon).split(" +", -1));
    List<Range> ranges =
        words.subList(3, words.size()).stream()
            .map(range -> range.split("\\.\\.", 2))
            .map(ends -> new Range(Version.parse(ends[0]), Version.parse(ends[1])))
            .toList();
    return new Advisory(
        words.get(0),
        words.get(1),
        Severity.valueOf(words.get(2)),
        ranges,
        line.substring(colon + 3));
  }

  List<Advisory> all() {
    return all;
  }

  /** Those that affect a version of a program by its number. */
  List<Advisory> affecting(String program, Version version) {
    return all.stream()
        .filter(advisory -> advisory.program().equals(program) && advisory.affects(version))
        .toList();
  }
}
