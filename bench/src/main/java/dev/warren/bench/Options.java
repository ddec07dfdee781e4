package dev.warren.bench;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/**
 * What {@code bench/run} passes on.
 *
 * @param part to run
 * @param rounds samples of each contender, where a part takes samples
 * @param mib size of the files that are passed, in MiB
 * @param socket of the containerd
 * @param image in the registry
 * @param work a directory for files and sockets
 * @param yardstick the program that starts programs
 * @param hostTrue the program {@code true} of the image, on the host
 * @param docker address of a Docker daemon on that containerd, which has the image
 */
record Options(
    String part,
    int rounds,
    int mib,
    Path socket,
    String image,
    Path work,
    Path yardstick,
    Path hostTrue,
    Path cniPlugins,
    String docker) {

  static Options parse(String[] args) {
    Map<String, String> values = new HashMap<>();
    for (int i = 0; i + 1 < args.length; i += 2) {
      values.put(args[i], args[i + 1]);
    }
    return new Options(
        required(values, "--part"),
        Integer.parseInt(required(values, "--rounds")),
        Integer.parseInt(required(values, "--mib")),
        Path.of(required(values, "--socket")),
        required(values, "--image"),
        Path.of(required(values, "--work")),
        Path.of(required(values, "--yardstick")),
        Path.of(required(values, "--true")),
        Path.of(required(values, "--cni")),
        required(values, "--docker"));
  }

  private static String required(Map<String, String> values, String name) {
    String value = values.get(name);
    if (value == null) {
      throw new IllegalArgumentException("missing " + name);
    }
    return value;
  }
}
