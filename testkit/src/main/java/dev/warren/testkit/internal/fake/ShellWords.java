package dev.warren.testkit.internal.fake;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Splits a shell line into words and operators. Not thread-safe. */
final class ShellWords {
  private static final Set<String> SEPARATORS = Set.of(";", "&&", "||", "\n");
  private static final List<String> OPERATORS =
      List.of("&&", "||", ">>", ">&2", "1>&2", ";", "\n", ">");
  private static final String REFUSED = "`*?[]{}()<|&#~!";

  private final String line;
  private final List<String> parameters;
  private final Map<String, String> env;
  private final List<Token> tokens = new ArrayList<>();
  private final StringBuilder word = new StringBuilder();
  private boolean inWord;
  private int at;

  private ShellWords(String line, List<String> parameters, Map<String, String> env) {
    this.line = line;
    this.parameters = parameters;
    this.env = env;
  }

  record Token(String text, boolean operator) {
    boolean separates() {
      return operator && SEPARATORS.contains(text);
    }

    boolean is(String command) {
      return !operator && text.equals(command);
    }
  }

  /**
   * @throws IllegalArgumentException naming what is not supported
   */
  static List<Token> split(String line, List<String> parameters, Map<String, String> env) {
    return new ShellWords(line, parameters, env).split();
  }

  private List<Token> split() {
    while (at < line.length()) {
      char c = line.charAt(at);
      if (c == ' ' || c == '\t') {
        endWord();
        at++;
      } else if (!operator()) {
        inWord = true;
        piece(c);
      }
    }
    endWord();
    return tokens;
  }

  private boolean operator() {
    for (String operator : OPERATORS) {
      boolean number = operator.startsWith("1") && inWord;
      if (!number && line.startsWith(operator, at)) {
        endWord();
        tokens.add(new Token(operator.equals("1>&2") ? ">&2" : operator, true));
        at += operator.length();
        return true;
      }
    }
    return false;
  }

  private void piece(char c) {
    switch (c) {
      case '\'' -> {
        int end = line.indexOf('\'', at + 1);
        require(end >= 0, "an open quote");
        word.append(line, at + 1, end);
        at = end + 1;
      }
      case '"' -> doubleQuoted();
      case '\\' -> {
        require(at + 1 < line.length(), "a final backslash");
        word.append(line.charAt(at + 1));
        at += 2;
      }
      case '$' -> variable();
      default -> {
        require(REFUSED.indexOf(c) < 0, "'" + c + "'");
        word.append(c);
        at++;
      }
    }
  }

  private void doubleQuoted() {
    at++;
    while (true) {
      require(at < line.length(), "an open quote");
      char c = line.charAt(at);
      if (c == '"') {
        at++;
        return;
      }
      if (c == '$') {
        variable();
      } else {
        boolean escape = c == '\\' && at + 1 < line.length() && "\"\\$`".indexOf(next()) >= 0;
        require(c != '`', "'`'");
        word.append(escape ? next() : c);
        at += escape ? 2 : 1;
      }
    }
  }

  private char next() {
    return line.charAt(at + 1);
  }

  private void variable() {
    int end = at + 1;
    while (end < line.length()
        && (Character.isLetterOrDigit(line.charAt(end)) || line.charAt(end) == '_')) {
      end++;
    }
    String name = line.substring(at + 1, end);
    require(!name.isEmpty(), "this use of '$'");
    if (Character.isDigit(name.charAt(0))) {
      int number = Integer.parseInt(name);
      word.append(number < parameters.size() ? parameters.get(number) : "");
    } else {
      word.append(env.getOrDefault(name, ""));
    }
    at = end;
  }

  private void endWord() {
    if (inWord) {
      tokens.add(new Token(word.toString(), false));
      word.setLength(0);
      inWord = false;
    }
  }

  private static void require(boolean condition, String unsupported) {
    if (!condition) {
      throw new IllegalArgumentException(unsupported);
    }
  }
}
