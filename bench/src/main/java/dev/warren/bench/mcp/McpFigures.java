package dev.warren.bench.mcp;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** What the rounds of one load gave. */
final class McpFigures {
  private final Map<String, List<Load.Outcome>> outcomes = new LinkedHashMap<>();
  private final Map<String, Integer> calls = new LinkedHashMap<>();

  void add(String name, Load.Outcome outcome, int count) {
    outcomes.computeIfAbsent(name, unused -> new ArrayList<>()).add(outcome);
    calls.merge(name, count, Integer::sum);
  }

  /** Medians over the rounds, with the ratio to each of the baselines. */
  void print(String title, List<String> names, String... baselines) {
    System.out.printf("%n| %s | calls/s [min, max] | p50 us | p99 us | failed |", title);
    for (String baseline : baselines) {
      System.out.print(" x of " + baseline + " |");
    }
    System.out.println("\n|---|---|---|---|---|" + "---|".repeat(baselines.length));
    for (String name : names) {
      List<Double> speeds = sorted(name, Load.Outcome::perSecond);
      StringBuilder row = new StringBuilder("| " + name);
      row.append(
          String.format(
              Locale.ROOT,
              " | %,.0f [%,.0f, %,.0f]",
              median(speeds),
              speeds.get(0),
              speeds.get(speeds.size() - 1)));
      row.append(" | " + time(name, Load.Outcome::p50) + " | " + time(name, Load.Outcome::p99));
      int failed = outcomes.get(name).stream().mapToInt(Load.Outcome::failed).sum();
      row.append(String.format(Locale.ROOT, " | %d of %,d |", failed, calls.get(name)));
      for (String baseline : baselines) {
        double ratio = median(speeds) / median(sorted(baseline, Load.Outcome::perSecond));
        row.append(String.format(Locale.ROOT, " %.2f |", ratio));
      }
      System.out.println(row);
    }
  }

  private String time(String name, java.util.function.ToDoubleFunction<Load.Outcome> value) {
    double median = median(sorted(name, value));
    return median == 0 ? "" : String.format(Locale.ROOT, "%.0f", median);
  }

  private List<Double> sorted(
      String name, java.util.function.ToDoubleFunction<Load.Outcome> value) {
    return outcomes.get(name).stream().map(value::applyAsDouble).sorted().toList();
  }

  private static double median(List<Double> sorted) {
    int middle = sorted.size() / 2;
    return sorted.size() % 2 == 1
        ? sorted.get(middle)
        : (sorted.get(middle - 1) + sorted.get(middle)) / 2;
  }
}
