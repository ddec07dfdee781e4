package dev.warren.engine.internal.fault;

import java.util.regex.Pattern;

/** Words of an engine, on their way into a message of ours. */
public final class EngineText {
  private static final int LIMIT = 300;

  /** Absolute paths and socket addresses, but not image names nor web addresses. */
  private static final Pattern PATHS =
      Pattern.compile("(?<![\\w.\\-/:])(?!https?:)(?:\\w+:/)?/[^\\s:\"',;)\\]]+");

  private static final Pattern BLANKS = Pattern.compile("\\s+");

  private EngineText() {}

  /** Makes text fit for a message: one line, at most 300 characters, without paths of the host. */
  public static String withoutPaths(String text) {
    String line = BLANKS.matcher(PATHS.matcher(text).replaceAll("(path)")).replaceAll(" ").strip();
    return line.length() <= LIMIT ? line : line.substring(0, LIMIT) + "…";
  }
}
