package dev.warren.testkit.internal.fake;

import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * What a process starts with.
 *
 * @param layer the directory that is the sandbox's root
 * @param workingDirectory as a path of the sandbox
 */
public record Launch(
    List<String> argv,
    Map<String, String> env,
    Path layer,
    String workingDirectory,
    InputStream stdin,
    OutputStream stdout,
    OutputStream stderr) {

  Launch withCommand(List<String> words) {
    return new Launch(words, env, layer, workingDirectory, stdin, stdout, stderr);
  }

  Launch withStdout(OutputStream out) {
    return new Launch(argv, env, layer, workingDirectory, stdin, out, stderr);
  }
}
