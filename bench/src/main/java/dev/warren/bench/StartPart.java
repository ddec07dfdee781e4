package dev.warren.bench;

import dev.warren.BotId;
import dev.warren.Network;
import dev.warren.Sandbox;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/** From nothing to the end of the first command. */
final class StartPart {
  private static final String CTR = "ctr run -d";
  private static final String DOCKER = "docker run -d";

  private final AtomicInteger count = new AtomicInteger();
  private final Options options;

  StartPart(Options options) {
    this.options = options;
  }

  void run() throws Exception {
    try (Bots bots = Bots.onContainerd(options);
        Bots docked = Bots.onDocker(options);
        Spawner spawner = new Spawner(options)) {
      Ctr ctr = new Ctr(options, spawner);
      ctr.pull();
      warmUp(bots);
      warmUp(docked);
      List<Contender> contenders = new ArrayList<>();
      contenders.add(warren(bots, "Warren, network off", Network.none()));
      contenders.add(warren(bots, "Warren, isolated network", Network.isolated()));
      contenders.add(warren(docked, "Warren on Docker, network off", Network.none()));
      contenders.add(warren(docked, "Warren on Docker, isolated network", Network.isolated()));
      contenders.add(
          figures -> {
            String id = "start-" + count.incrementAndGet();
            double start = ctr.start(id);
            double exec = ctr.exec(id, "true");
            figures.record(CTR, start);
            figures.record("ctr run -d, then ctr task exec true", start + exec);
            ctr.delete(id);
          });
      Docker docker = new Docker(options, spawner);
      contenders.add(docker(docker, DOCKER, "none"));
      contenders.add(docker(docker, DOCKER + ", bridge", "bridge"));
      Contender.interleave(options.rounds(), contenders).print("ms", CTR, DOCKER);
    }
  }

  /** A host application has been running for a while, and its code is compiled. */
  private static void warmUp(Bots bots) throws Exception {
    for (int i = 0; i < 15; i++) {
      warren(bots, "warm-up", Network.none()).sample(new Figures());
    }
  }

  private static Contender warren(Bots bots, String name, Network network) {
    return figures -> {
      BotId bot = bots.next();
      long start = System.nanoTime();
      Sandbox sandbox = bots.start(bot, network);
      figures.recordSince(name + ": started", start);
      bots.calls().drain(name + ": in it, ", figures);
      sandbox.exec("true").orThrow();
      figures.recordSince(name + ": first command done", start);
      bots.delete(bot);
      bots.calls().drain("", new Figures());
    };
  }

  private Contender docker(Docker docker, String name, String network) {
    return figures -> {
      String id = "start-" + count.incrementAndGet();
      double start = docker.start(id, network);
      double exec = docker.exec(id, "true");
      figures.record(name, start);
      figures.record(name + ", then docker exec true", start + exec);
      docker.delete(id);
    };
  }
}
