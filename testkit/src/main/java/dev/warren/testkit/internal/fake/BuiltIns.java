package dev.warren.testkit.internal.fake;

import dev.warren.testkit.FakeCommand;
import dev.warren.testkit.FakeInvocation;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** The few programs that every fake image has. Stateless. */
final class BuiltIns {
  private BuiltIns() {}

  static Map<String, FakeCommand> all() {
    return Map.of(
        "true", invocation -> 0,
        "false", invocation -> 1,
        "exit", BuiltIns::exit,
        "echo", BuiltIns::echo,
        "printf", BuiltIns::printf,
        "cat", BuiltIns::cat,
        "sleep", BuiltIns::sleep);
  }

  private static int exit(FakeInvocation invocation) {
    return invocation.argv().size() > 1 ? Integer.parseInt(invocation.argv().get(1)) : 0;
  }

  private static int echo(FakeInvocation invocation) throws IOException {
    List<String> words = invocation.argv();
    invocation.print(String.join(" ", words.subList(1, words.size())) + "\n");
    return 0;
  }

  /** Knows {@code %s}, {@code %%}, {@code \n} and {@code \t}. */
  private static int printf(FakeInvocation invocation) throws IOException {
    List<String> words = invocation.argv();
    StringBuilder text = new StringBuilder();
    int next = 2;
    String format = words.get(1);
    int at = 0;
    while (at < format.length()) {
      String two = format.substring(at, Math.min(at + 2, format.length()));
      switch (two) {
        case "%s" -> text.append(next < words.size() ? words.get(next++) : "");
        case "%%" -> text.append('%');
        case "\\n" -> text.append('\n');
        case "\\t" -> text.append('\t');
        default -> {
          if (two.startsWith("%") || two.startsWith("\\")) {
            invocation.printError("printf: this fake knows %s, %%, \\n and \\t\n");
            return 2;
          }
          text.append(two.charAt(0));
          at--;
        }
      }
      at += 2;
    }
    invocation.print(text.toString());
    return 0;
  }

  private static int cat(FakeInvocation invocation) throws IOException {
    List<String> files = invocation.argv().subList(1, invocation.argv().size());
    if (files.isEmpty()) {
      byte[] buffer = new byte[8192];
      for (int read; (read = invocation.stdin().read(buffer)) >= 0; ) {
        invocation.stdout().write(buffer, 0, read);
        invocation.stdout().flush();
      }
    }
    int code = 0;
    for (String file : files) {
      Path path = invocation.path(file);
      try {
        Files.copy(path, invocation.stdout());
      } catch (NoSuchFileException e) {
        String message = "cat: " + file + ": No such file or directory\n";
        invocation.stderr().write(message.getBytes(StandardCharsets.UTF_8));
        code = 1;
      }
    }
    return code;
  }

  private static int sleep(FakeInvocation invocation) throws InterruptedException {
    Thread.sleep((long) (Double.parseDouble(invocation.argv().get(1)) * 1000));
    return 0;
  }
}
