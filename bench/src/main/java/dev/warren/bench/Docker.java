package dev.warren.bench;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** The command line of Docker. */
final class Docker {
  private final String address;
  private final String image;
  private final Spawner spawner;

  Docker(String address, Options options, Spawner spawner) {
    this.address = address;
    this.image = options.image();
    this.spawner = spawner;
  }

  /** Starts a container without a network that sleeps. */
  double start(String id) throws IOException {
    return run("run", "-d", "--network", "none", "--name", id, image, "sleep", "1000");
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
    List<String> argv = new ArrayList<>(List.of(program(), "-H", address));
    argv.addAll(Arrays.asList(words));
    return spawner.run(argv);
  }

  private static String program() {
    String configured = System.getenv("WARREN_BENCH_DOCKER_CLI");
    return configured == null ? "/usr/bin/docker" : configured;
  }
}
