package dev.warren.bench;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** The command line of containerd, on the same daemon, in a namespace of its own. */
final class Ctr {
  static final String PROGRAM = "/usr/bin/ctr";

  private final Options options;
  private final Spawner spawner;

  Ctr(Options options, Spawner spawner) {
    this.options = options;
    this.spawner = spawner;
  }

  void pull() throws IOException {
    run("images", "pull", "--plain-http", options.image());
  }

  /** Starts a container that sleeps. */
  double start(String id) throws IOException {
    return run("run", "-d", options.image(), id, "sleep", "1000");
  }

  double exec(String id, String... argv) throws IOException {
    List<String> words = new ArrayList<>(List.of("task", "exec", "--exec-id", "bench", id));
    words.addAll(Arrays.asList(argv));
    return run(words.toArray(String[]::new));
  }

  void delete(String id) throws IOException {
    run("task", "delete", "--force", id);
    run("container", "delete", id);
  }

  private double run(String... words) throws IOException {
    List<String> argv =
        new ArrayList<>(
            List.of(PROGRAM, "-a", options.socket().toString(), "-n", "warren-bench-ctr"));
    argv.addAll(Arrays.asList(words));
    return spawner.run(argv);
  }
}
