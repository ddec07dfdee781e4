package dev.warren.bench;

import dev.warren.BotId;
import dev.warren.Network;
import dev.warren.Sandbox;
import java.util.List;

/** The round trip of {@code true} in a sandbox that runs. */
final class ExecPart {
  private static final String HOST = "fork+exec on the host";
  private static final String DOCKER = "docker exec";
  private static final String CTR = "ctr task exec";
  private static final String LIBRARY = "docker-java exec";
  private static final String ID = "exec";

  private final Options options;

  ExecPart(Options options) {
    this.options = options;
  }

  void run() throws Exception {
    try (Bots bots = Bots.onContainerd(options);
        Bots docked = Bots.onDocker(options);
        DockerJava library = new DockerJava(options);
        Spawner spawner = new Spawner(options)) {
      Ctr ctr = new Ctr(options, spawner);
      ctr.pull();
      ctr.start(ID);
      Docker docker = new Docker(options, spawner);
      docker.start(ID, "none");
      BotId bot = bots.next();
      BotId dockedBot = docked.next();
      Sandbox sandbox = bots.start(bot, Network.none());
      Sandbox dockedSandbox = docked.start(dockedBot, Network.none());
      List<Contender> contenders =
          List.of(
              warren("Sandbox.exec", sandbox),
              warren("Sandbox.exec, Docker", dockedSandbox),
              figures -> figures.record(HOST, spawner.run(List.of(options.hostTrue().toString()))),
              figures -> figures.record(CTR, ctr.exec(ID, "true")),
              figures -> figures.record(DOCKER, docker.exec(ID, "true")),
              figures -> {
                long start = System.nanoTime();
                library.exec(ID, "true");
                figures.recordSince(LIBRARY, start);
              });
      try {
        // The JIT compiler needs some hundred calls until it has seen enough.
        for (int i = 0; i < 500; i++) {
          sandbox.exec("true").orThrow();
          dockedSandbox.exec("true").orThrow();
        }
        for (int i = 0; i < 50; i++) {
          library.exec(ID, "true");
        }
        Contender.interleave(2 * options.rounds(), contenders)
            .print("ms", HOST, CTR, DOCKER, LIBRARY);
      } finally {
        bots.delete(bot);
        docked.delete(dockedBot);
        ctr.delete(ID);
        docker.delete(ID);
      }
    }
  }

  private static Contender warren(String name, Sandbox sandbox) {
    return figures -> {
      long start = System.nanoTime();
      sandbox.exec("true").orThrow();
      figures.recordSince(name, start);
    };
  }
}
