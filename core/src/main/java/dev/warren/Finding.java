package dev.warren;

import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * One thing that an examination of the host looked at. Immutable and thread-safe.
 *
 * <p>Texts name only paths that are the same on every host, such as {@code /opt/cni/bin};
 * configured ones are named by their role, such as "the state directory". Control characters are
 * replaced, so that no finding brings one to a terminal.
 */
public final class Finding {
  private static final Pattern ID = Pattern.compile("[a-z0-9-]+(\\.[a-z0-9-]+)*");
  private static final Pattern CONTROL = Pattern.compile("\\p{Cntrl}+");

  private final String id;
  private final Severity severity;
  private final String found;
  private final @Nullable String remedy;
  private final List<String> references;

  private Finding(
      String id,
      Severity severity,
      String found,
      @Nullable String remedy,
      List<String> references) {
    this.id = id;
    this.severity = severity;
    this.found = found;
    this.remedy = remedy;
    this.references = references;
  }

  /** How much a finding matters, from the least to the most. */
  public enum Severity {
    /** As it should be. */
    OK,
    /** Worth knowing; nothing to do. */
    INFO,
    /** Could not be seen with the rights of this process, or not be judged. */
    UNKNOWN,
    /** Works, but something is at risk or will run out. */
    WARN,
    /** Unsafe, or sandboxes will not work. */
    FAIL
  }

  /**
   * A finding without a remedy and references.
   *
   * @param id stable, such as {@code runc.version}; letters, digits, dots and hyphens
   * @param found what is the case, as a sentence without a full stop
   * @throws SandboxException {@code INVALID_ARGUMENT} for a malformed id
   */
  public static Finding of(String id, Severity severity, String found) {
    if (!ID.matcher(id).matches()) {
      throw SandboxException.invalid("report finding", "'" + id + "'", "its id is malformed");
    }
    return new Finding(id, severity, plain(found), null, List.of());
  }

  /** The same finding with what to do about it. */
  public Finding withRemedy(String text) {
    return new Finding(id, severity, found, plain(text), references);
  }

  /** The same finding with other references: what to look up, such as CVE ids. */
  public Finding withReferences(List<String> ids) {
    return new Finding(id, severity, found, remedy, ids.stream().map(Finding::plain).toList());
  }

  /** Stable across versions, such as {@code runc.version}. */
  public String id() {
    return id;
  }

  /** How much it matters. */
  public Severity severity() {
    return severity;
  }

  /** What is the case, as a sentence without a full stop. */
  public String found() {
    return found;
  }

  /** What to do about it. */
  public Optional<String> remedy() {
    return Optional.ofNullable(remedy);
  }

  /** What to look up, such as CVE ids; unmodifiable. */
  public List<String> references() {
    return references;
  }

  private static String plain(String text) {
    return CONTROL.matcher(text).replaceAll(" ").strip();
  }

  /** The severity, the id and what was found. */
  @Override
  public String toString() {
    return severity + " " + id + ": " + found;
  }
}
