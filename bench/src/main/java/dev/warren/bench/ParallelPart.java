package dev.warren.bench;

import dev.warren.BotId;
import dev.warren.Network;
import java.util.ArrayList;
import java.util.List;

/** How many sandboxes start in a second when several threads start them. */
final class ParallelPart {
  private static final List<Integer> WORKERS = List.of(1, 2, 4, 8);
  private static final int SANDBOXES = 40;
  private static final int ROUNDS = 2;
  private static final int DELETERS = 4;

  private final Options options;

  ParallelPart(Options options) {
    this.options = options;
  }

  void run() throws Exception {
    List<Spawner> spawners = new ArrayList<>();
    Figures warren = new Figures();
    Figures rival = new Figures();
    try (Bots bots = Bots.onContainerd(options)) {
      for (int i = 0; i < WORKERS.get(WORKERS.size() - 1); i++) {
        spawners.add(new Spawner(options));
      }
      List<Ctr> ctr = spawners.stream().map(spawner -> new Ctr(options, spawner)).toList();
      ctr.get(0).pull();
      warren(bots, DELETERS); // a warm-up
      for (int round = 0; round < ROUNDS; round++) {
        for (int workers : WORKERS) {
          if (round % 2 == 0) {
            warren.record(workers + "", warren(bots, workers));
            rival.record(workers + "", ctr(ctr, workers));
          } else {
            rival.record(workers + "", ctr(ctr, workers));
            warren.record(workers + "", warren(bots, workers));
          }
        }
      }
    } finally {
      for (Spawner spawner : spawners) {
        spawner.close();
      }
    }
    System.out.println("| workers | Warren, starts/s | ctr run -d, starts/s | ratio |");
    System.out.println("|---|---|---|---|");
    for (int workers : WORKERS) {
      String name = workers + "";
      double ratio = warren.median(name) / rival.median(name);
      System.out.printf(
          "| %s | %s | %s | %s |%n", name, warren.of(name), rival.of(name), Samples.number(ratio));
    }
  }

  private static double warren(Bots bots, int workers) throws InterruptedException {
    List<BotId> ids = new ArrayList<>();
    for (int i = 0; i < SANDBOXES; i++) {
      ids.add(bots.next());
    }
    double seconds =
        Workers.run(workers, SANDBOXES, (worker, job) -> bots.start(ids.get(job), Network.none()));
    Workers.run(DELETERS, SANDBOXES, (worker, job) -> bots.delete(ids.get(job)));
    return SANDBOXES / seconds;
  }

  private static double ctr(List<Ctr> ctr, int workers) throws InterruptedException {
    double seconds =
        Workers.run(workers, SANDBOXES, (worker, job) -> ctr.get(worker).start("parallel-" + job));
    Workers.run(DELETERS, SANDBOXES, (worker, job) -> ctr.get(worker).delete("parallel-" + job));
    return SANDBOXES / seconds;
  }
}
