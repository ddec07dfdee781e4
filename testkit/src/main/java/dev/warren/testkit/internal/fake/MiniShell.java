package dev.warren.testkit.internal.fake;

import dev.warren.testkit.FakeCommand;
import dev.warren.testkit.FakeInvocation;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * {@code sh -c} for simple lines: words with quotes and {@code $NAME}, {@code ;}, {@code &&},
 * {@code ||}, {@code >}, {@code >>}, {@code >&2} and {@code exit}. Whatever else a shell can do is
 * refused, so that no test passes for the wrong reason. Stateless.
 */
final class MiniShell implements FakeCommand {
  private static final int UNSUPPORTED = 2;
  private static final int NOT_FOUND = 127;

  private final CommandTable commands;

  MiniShell(CommandTable commands) {
    this.commands = commands;
  }

  @Override
  public int run(FakeInvocation invocation) throws Exception {
    List<String> argv = invocation.argv();
    if (argv.size() < 3 || !argv.get(1).equals("-c")) {
      invocation.printError("sh: this fake knows 'sh -c line'\n");
      return UNSUPPORTED;
    }
    List<ShellWords.Token> tokens;
    try {
      tokens = ShellWords.split(argv.get(2), argv.subList(3, argv.size()), invocation.env());
    } catch (IllegalArgumentException e) {
      invocation.printError("sh: this fake does not know " + e.getMessage() + "\n");
      return UNSUPPORTED;
    }
    return line((Invocation) invocation, tokens);
  }

  private int line(Invocation shell, List<ShellWords.Token> tokens) throws Exception {
    int code = 0;
    boolean skip = false;
    List<ShellWords.Token> simple = new ArrayList<>();
    for (int i = 0; i <= tokens.size(); i++) {
      boolean atEnd = i == tokens.size();
      if (!atEnd && !tokens.get(i).separates()) {
        simple.add(tokens.get(i));
        continue;
      }
      if (!simple.isEmpty() && !skip) {
        boolean exit = simple.get(0).is("exit");
        code = simple(shell, simple, code);
        if (exit) {
          return code;
        }
      }
      simple.clear();
      if (!atEnd) {
        String separator = tokens.get(i).text();
        skip = (separator.equals("&&") && code != 0) || (separator.equals("||") && code == 0);
      }
    }
    return code;
  }

  private int simple(Invocation shell, List<ShellWords.Token> tokens, int before) throws Exception {
    List<String> words = new ArrayList<>();
    Launch launch = shell.launch();
    try (Redirect redirect = new Redirect()) {
      for (int i = 0; i < tokens.size(); i++) {
        ShellWords.Token token = tokens.get(i);
        if (!token.operator()) {
          words.add(token.text());
        } else if (token.text().equals(">&2")) {
          launch = launch.withStdout(launch.stderr());
        } else if (i + 1 < tokens.size()) {
          launch = launch.withStdout(redirect.open(shell, tokens.get(++i).text(), token.text()));
        } else {
          shell.printError("sh: a redirection lacks its file\n");
          return UNSUPPORTED;
        }
      }
      if (words.isEmpty()) {
        return 0;
      }
      if (words.equals(List.of("exit"))) {
        return before;
      }
      Optional<FakeCommand> command = commands.find(words.get(0));
      if (command.isEmpty()) {
        shell.printError("sh: " + words.get(0) + ": not found\n");
        return NOT_FOUND;
      }
      return command.get().run(shell.with(launch.withCommand(words)));
    }
  }

  private static final class Redirect implements AutoCloseable {
    private final List<OutputStream> open = new ArrayList<>();

    private OutputStream open(FakeInvocation shell, String file, String operator)
        throws IOException {
      OutputStream out =
          Files.newOutputStream(
              shell.path(file),
              StandardOpenOption.CREATE,
              StandardOpenOption.WRITE,
              operator.equals(">>")
                  ? StandardOpenOption.APPEND
                  : StandardOpenOption.TRUNCATE_EXISTING);
      open.add(out);
      return out;
    }

    @Override
    public void close() throws IOException {
      for (OutputStream out : open) {
        out.close();
      }
    }
  }
}
