package dev.warren.bench;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** The command line of Docker. */
final class Docker {
  private final Options options;
  private final Spawner spawner;

  Docker(Options options, Spawner spawner) {
    this.options = options;
    this.spawner = spawner;
  }

  /** Starts a container that sleeps, in a network of that name. */
  double start(String id, String network) throws IOException {
    return run("run", "-d", "--network", network, "--name", id, options.image(), "sleep", "1000");
  }

  double exec(String id, String... argv) throws IOException {
    List<String> words = new ArrayList<>(List.of("exec", id));
    words.addAll(Arrays.asList(argv));
    return run(words.toArray(String[]::new));
  }

  void delete(String id) throws IOException {
    run("rm", "-f", id);
  }

  private double run(String... words) throws IOException {
    List<String> argv = new ArrayList<>(List.of(program(), "-H", options.docker()));
    argv.addAll(Arrays.asList(words));
    return spawner.run(argv);
  }

  static String program() {
    String configured = System.getenv("WARREN_BENCH_DOCKER_CLI");
    return configured == null ? "/usr/bin/docker" : configured;
  }
}
