package dev.warren.bench;

import java.util.LinkedHashMap;
import java.util.Map;

/** What a part measured, by the name of the figure, in the order of their first samples. */
final class Figures {
  private final Map<String, Samples> samples = new LinkedHashMap<>();

  void record(String name, double value) {
    samples.computeIfAbsent(name, unused -> new Samples()).add(value);
  }

  /** Records the milliseconds since a {@link System#nanoTime()}. */
  void recordSince(String name, long start) {
    record(name, (System.nanoTime() - start) / 1e6);
  }

  /** Forgets the samples, as after a warm-up, but not the order. */
  void clear() {
    samples.replaceAll((name, old) -> new Samples());
  }

  boolean has(String name) {
    return samples.containsKey(name);
  }

  Samples of(String name) {
    return samples.get(name);
  }

  double median(String name) {
    return samples.get(name).median();
  }

  /** Prints one row for each figure, with its ratio to each of the baselines that were measured. */
  void print(String unit, String... baselines) {
    var head = new StringBuilder("| figure | ").append(unit).append(" | n |");
    var line = new StringBuilder("|---|---|---|");
    for (String baseline : baselines) {
      head.append(" x of ").append(baseline).append(" |");
      line.append("---|");
    }
    System.out.println(head);
    System.out.println(line);
    samples.forEach(
        (name, values) -> {
          if (values.count() == 0) {
            return; // seen in the warm-up only
          }
          var row = new StringBuilder("| " + name + " | " + values + " | " + values.count() + " |");
          for (String baseline : baselines) {
            row.append(' ').append(ratio(values, baseline)).append(" |");
          }
          System.out.println(row);
        });
  }

  private String ratio(Samples values, String baseline) {
    return has(baseline) ? Samples.number(values.median() / median(baseline)) : "";
  }
}
