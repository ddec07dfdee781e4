package dev.warren.testkit;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** What a {@link FakeCommand} works with. For the command's own thread, and those it starts. */
public interface FakeInvocation {

  /** The command and its arguments. */
  List<String> argv();

  Map<String, String> env();

  /** The working directory, as a path of the sandbox. */
  String workingDirectory();

  /**
   * The file of this machine that stands for a path of the sandbox; a relative one starts at the
   * working directory. Links are followed inside the sandbox, none leads out of it.
   */
  Path path(String sandboxPath) throws IOException;

  InputStream stdin();

  OutputStream stdout();

  OutputStream stderr();

  /**
   * Handles a signal instead of being ended by it; an empty handler ignores it. SIGKILL (9) cannot
   * be handled.
   *
   * @param handler called on the thread of whoever sends the signal
   */
  void onSignal(int number, Runnable handler);

  /** Writes text to stdout. */
  default void print(String text) throws IOException {
    stdout().write(text.getBytes(StandardCharsets.UTF_8));
  }

  /** Writes text to stderr. */
  default void printError(String text) throws IOException {
    stderr().write(text.getBytes(StandardCharsets.UTF_8));
  }
}
