package dev.warren.testkit.internal.fake;

import java.io.IOException;
import java.nio.file.FileSystemLoopException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;

/**
 * Finds the file that stands for a path of the sandbox, following links as a process in it would:
 * an absolute target starts at the layer's root, and nothing leads out. Stateless.
 */
public final class SandboxPaths {
  private static final int MAX_LINKS = 40;

  private SandboxPaths() {}

  /**
   * @param layer the root directory
   * @param base where relative paths start, as a path of the sandbox
   * @param followLast whether a link at the end is followed
   */
  public static Path resolve(Path layer, String base, String path, boolean followLast)
      throws IOException {
    Deque<String> rest = new ArrayDeque<>();
    push(rest, path);
    if (!path.startsWith("/")) {
      push(rest, base);
    }
    Path at = layer;
    int links = 0;
    while (!rest.isEmpty()) {
      String name = rest.pop();
      if (name.isEmpty() || name.equals(".")) {
        continue;
      }
      if (name.equals("..")) {
        at = at.equals(layer) ? layer : at.getParent();
        continue;
      }
      Path next = at.resolve(name);
      if (Files.isSymbolicLink(next) && (followLast || !rest.isEmpty())) {
        if (++links > MAX_LINKS) {
          throw new FileSystemLoopException(path);
        }
        String target = Files.readSymbolicLink(next).toString();
        push(rest, target);
        at = target.startsWith("/") ? layer : at;
      } else {
        at = next;
      }
    }
    return at;
  }

  private static void push(Deque<String> rest, String path) {
    String[] names = path.split("/", -1);
    for (int i = names.length - 1; i >= 0; i--) {
      rest.push(names[i]);
    }
  }

  /** A path of the sandbox without {@code .} and {@code ..}, absolute. */
  public static String absolute(String base, String path) {
    Deque<String> names = new ArrayDeque<>();
    String whole = path.startsWith("/") ? path : base + "/" + path;
    for (String name : Arrays.asList(whole.split("/", -1))) {
      if (name.equals("..")) {
        names.pollLast();
      } else if (!name.isEmpty() && !name.equals(".")) {
        names.addLast(name);
      }
    }
    return "/" + String.join("/", names);
  }
}
