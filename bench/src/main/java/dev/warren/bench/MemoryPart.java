package dev.warren.bench;

import dev.warren.BotId;
import dev.warren.Network;
import dev.warren.Sandbox;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;

/** What sandboxes cost that do nothing. */
final class MemoryPart {
  private static final int SANDBOXES = 50;
  private static final int SETTLE_MILLIS = 5_000;

  private final Options options;

  MemoryPart(Options options) {
    this.options = options;
  }

  void run() throws Exception {
    try (Bots bots = Bots.onContainerd(options)) {
      // Classes, pools and caches that the first sandboxes bring belong to the library.
      for (int i = 0; i < 2 * Contender.WARM_UPS; i++) {
        BotId bot = bots.next();
        use(bots.start(bot, Network.none()));
        bots.delete(bot);
      }
      Thread.sleep(SETTLE_MILLIS);
      long heap = HostHeap.used();
      long direct = HostHeap.direct();
      int threads = ManagementFactory.getThreadMXBean().getThreadCount();
      List<BotId> ids = new ArrayList<>();
      List<Sandbox> sandboxes = new ArrayList<>();
      try {
        for (int i = 0; i < SANDBOXES; i++) {
          ids.add(bots.next());
          sandboxes.add(bots.start(ids.get(i), Network.none()));
          use(sandboxes.get(i));
        }
        Thread.sleep(SETTLE_MILLIS);
        Figures figures = new Figures();
        for (Sandbox sandbox : sandboxes) {
          measure(bots.pid(sandbox), figures);
        }
        figures.print("MiB");
        System.out.printf("%n| host, per idle sandbox | |%n|---|---|%n");
        print("heap, KiB", HostHeap.used() - heap);
        print("buffers beside the heap, KiB", HostHeap.direct() - direct);
        int more = ManagementFactory.getThreadMXBean().getThreadCount() - threads;
        System.out.printf("| threads, of all %d together | %d |%n", SANDBOXES, more);
      } finally {
        for (BotId bot : ids) {
          bots.delete(bot);
        }
      }
    }
  }

  /** So that the bridge, and the connection to it, have done something before they idle. */
  private static void use(Sandbox sandbox) {
    sandbox.files().writeString("note.txt", "hello\n");
    sandbox.exec("cat", "note.txt").orThrow();
  }

  private static void measure(long init, Figures figures) throws Exception {
    record(figures, "bridge init", ProcessMemory.of(init));
    long rss = ProcessMemory.of(init).rss();
    long pss = ProcessMemory.of(init).pss();
    for (long child : ProcessMemory.children(init)) {
      ProcessMemory memory = ProcessMemory.of(child);
      record(figures, "bridge serve", memory);
      rss += memory.rss();
      pss += memory.pss();
    }
    record(figures, "both", new ProcessMemory(rss, pss));
  }

  private static void record(Figures figures, String name, ProcessMemory memory) {
    figures.record(name + ", RSS", memory.rss() / 1024.0);
    figures.record(name + ", PSS", memory.pss() / 1024.0);
  }

  private static void print(String name, long bytesOfAll) {
    System.out.printf("| %s | %s |%n", name, Samples.number(bytesOfAll / 1024.0 / SANDBOXES));
  }
}
