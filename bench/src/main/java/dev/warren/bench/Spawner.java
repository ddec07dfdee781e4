package dev.warren.bench;

import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.util.List;

/**
 * Starts programs by the yardstick, which does that faster than a JVM and measures it itself. One
 * program at a time; not thread-safe.
 */
final class Spawner implements AutoCloseable {
  private final Process process;
  private final BufferedWriter requests;
  private final BufferedReader answers;

  Spawner(Options options) throws IOException {
    process =
        new ProcessBuilder(options.yardstick().toString(), "spawn")
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    requests = process.outputWriter();
    answers = process.inputReader();
  }

  /** Runs a program, which has to succeed, and tells its milliseconds. */
  double run(List<String> argv) throws IOException {
    requests.write(String.join("\t", argv));
    requests.newLine();
    requests.flush();
    String answer = answers.readLine();
    if (answer == null) {
      throw new IOException("the yardstick ended at " + argv);
    }
    String[] fields = answer.split("\t", 3);
    if (!fields[1].equals("0")) {
      throw new IOException(argv + " ended with " + fields[1] + ": " + fields[2]);
    }
    return Long.parseLong(fields[0]) / 1e6;
  }

  @Override
  public void close() throws IOException {
    requests.close();
    process.onExit().join();
  }
}
