package dev.warren.bench;

import dev.warren.BotId;
import dev.warren.Network;
import dev.warren.Sandbox;
import java.util.Map;

/** What many sandboxes leave behind that were started, used and ended in each of several ways. */
final class LeaksPart {
  private static final int WARM_UPS = 4;
  private static final int PATIENCE_SECONDS = 60;

  private final Options options;

  LeaksPart(Options options) {
    this.options = options;
  }

  void run() throws Exception {
    boolean clean;
    try (Bots bots = Bots.onContainerd(options)) {
      clean = measure("containerd", bots, new Inventory(options).withContainerd());
    }
    try (Bots bots = Bots.onDocker(options)) {
      clean &= measure("Docker", bots, new Inventory(options).withDocker());
    }
    if (!clean) {
      throw new IllegalStateException("something was left, see the tables");
    }
  }

  private boolean measure(String engine, Bots bots, Inventory inventory) throws Exception {
    for (int i = 0; i < WARM_UPS * Ending.values().length; i++) {
      cycle(bots, Ending.of(i));
    }
    long heap = HostHeap.used();
    Map<String, Long> before = inventory.take();
    for (int i = 0; i < options.rounds(); i++) {
      cycle(bots, Ending.of(i));
    }
    Map<String, Long> after = inventory.take();
    for (int i = 0; i < PATIENCE_SECONDS && more(before, after); i++) {
      Thread.sleep(1000); // engines tidy up in their own time
      after = inventory.take();
    }
    System.out.printf(
        "%n| %s, %d cycles | before | after |%n|---|---|---|%n", engine, options.rounds());
    for (Map.Entry<String, Long> item : after.entrySet()) {
      System.out.printf(
          "| %s | %d | %d |%n", item.getKey(), before.get(item.getKey()), item.getValue());
    }
    System.out.printf(
        "| heap of the host in use, KiB | %d | %d |%n", heap >> 10, HostHeap.used() >> 10);
    return !more(before, after);
  }

  private static boolean more(Map<String, Long> before, Map<String, Long> after) {
    return after.entrySet().stream().anyMatch(item -> item.getValue() > before.get(item.getKey()));
  }

  private static void cycle(Bots bots, Ending ending) throws Exception {
    BotId bot = bots.next();
    Sandbox sandbox = bots.start(bot, Network.isolated());
    sandbox.files().writeString("note.txt", "hello\n");
    sandbox.exec("cat", "note.txt").orThrow();
    ending.end(bots, bot, sandbox);
  }
}
