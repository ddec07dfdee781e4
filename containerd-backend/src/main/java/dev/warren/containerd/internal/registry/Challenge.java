package dev.warren.containerd.internal.registry;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One way to log in that a server offers in {@code WWW-Authenticate}.
 *
 * @param scheme in lower case
 * @param parameters by name in lower case
 */
record Challenge(String scheme, Map<String, String> parameters) {
  private static final Pattern PARTS =
      Pattern.compile(
          "(?<name>[\\w-]+)\\s*=\\s*(?:\"(?<quoted>(?:[^\"\\\\]|\\\\.)*+)\"|(?<plain>[^\\s,\"]+))"
              + "|(?<scheme>[A-Za-z][\\w-]*+)");

  static List<Challenge> parse(List<String> headers) {
    List<Challenge> challenges = new ArrayList<>();
    for (String header : headers) {
      Matcher part = PARTS.matcher(header);
      while (part.find()) {
        if (part.group("scheme") != null) {
          challenges.add(
              new Challenge(part.group("scheme").toLowerCase(Locale.ROOT), new LinkedHashMap<>()));
        } else if (!challenges.isEmpty()) {
          String value =
              part.group("quoted") == null
                  ? part.group("plain")
                  : part.group("quoted").replaceAll("\\\\(.)", "$1");
          challenges
              .get(challenges.size() - 1)
              .parameters()
              .put(part.group("name").toLowerCase(Locale.ROOT), value);
        }
      }
    }
    return challenges;
  }

  static Optional<Challenge> find(List<Challenge> challenges, String scheme) {
    return challenges.stream().filter(offered -> offered.scheme().equals(scheme)).findFirst();
  }

  Optional<String> parameter(String name) {
    return Optional.ofNullable(parameters.get(name));
  }
}
