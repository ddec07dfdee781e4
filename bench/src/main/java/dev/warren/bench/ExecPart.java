package dev.warren.bench;

import dev.warren.BotId;
import dev.warren.Network;
import dev.warren.Sandbox;
import java.util.ArrayList;
import java.util.List;

/** The round trip of {@code true} in a sandbox that runs. */
final class ExecPart {
  private static final String HOST = "fork+exec on the host";
  private static final String DOCKER = "docker exec";
  private static final String CTR = "ctr task exec";
  private static final String ID = "exec";

  private final Options options;

  ExecPart(Options options) {
    this.options = options;
  }

  void run() throws Exception {
    try (Bots bots = new Bots(options);
        Spawner spawner = new Spawner(options)) {
      Ctr ctr = new Ctr(options, spawner);
      ctr.pull();
      ctr.start(ID);
      BotId bot = bots.next();
      Sandbox sandbox = bots.start(bot, Network.none());
      Docker docker =
          options.docker().map(address -> new Docker(address, options, spawner)).orElse(null);
      List<Contender> contenders = new ArrayList<>();
      contenders.add(
          figures -> {
            long start = System.nanoTime();
            sandbox.exec("true").orThrow();
            figures.recordSince("Sandbox.exec", start);
          });
      contenders.add(
          figures -> figures.record(HOST, spawner.run(List.of(options.hostTrue().toString()))));
      contenders.add(figures -> figures.record(CTR, ctr.exec(ID, "true")));
      if (docker != null) {
        docker.start(ID);
        contenders.add(figures -> figures.record(DOCKER, docker.exec(ID, "true")));
      }
      try {
        // The JIT compiler needs some hundred calls until it has seen enough.
        for (int i = 0; i < 500; i++) {
          sandbox.exec("true").orThrow();
        }
        Contender.interleave(2 * options.rounds(), contenders).print("ms", HOST, CTR, DOCKER);
      } finally {
        bots.delete(bot);
        ctr.delete(ID);
        if (docker != null) {
          docker.delete(ID);
        }
      }
    }
  }
}
