package dev.warren.bench;

import dev.warren.BotId;
import dev.warren.SandboxFiles;
import dev.warren.WriteOptions;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** One large file into a sandbox and out of it. */
final class FilesPart {
  private static final long MIB = 1 << 20;
  private static final int BUFFER = 256 << 10;
  private static final String PUT = "archive API, put";
  private static final String GET = "archive API, get";

  private final Options options;
  private final long size;
  private long peak;

  FilesPart(Options options) {
    this.options = options;
    this.size = options.mib() * MIB;
  }

  void run() throws Exception {
    Path socket = options.work().resolve("stream.sock");
    Process server =
        new ProcessBuilder(options.yardstick().toString(), "stream", socket.toString())
            .inheritIO()
            .start();
    try (Bots bots = Bots.onContainerd(options);
        Bots docked = Bots.onDocker(options);
        DockerJava library = new DockerJava(options)) {
      while (!Files.exists(socket) && server.isAlive()) {
        Thread.sleep(10);
      }
      BotId bot = bots.next();
      BotId dockedBot = docked.next();
      String container = library.create();
      try (BareStream bare = new BareStream(socket)) {
        SandboxFiles files = bots.startLarge(bot).files();
        SandboxFiles dockedFiles = docked.startLarge(dockedBot).files();
        List<Contender> contenders =
            List.of(
                figures -> measure(figures, "bare stream up", () -> bare.up(size)),
                figures -> measure(figures, "bare stream down", () -> bare.down(size)),
                figures -> measure(figures, "bare stream up, to a file", () -> bare.upToFile(size)),
                figures ->
                    measure(
                        figures, "bare stream down, from a file", () -> bare.downFromFile(size)),
                warren(files, "memory", Bots.SCRATCH + "/large"),
                warren(files, "/data", "large"),
                warren(dockedFiles, "/data on Docker", "large"),
                figures -> measure(figures, PUT, () -> library.put(container, "large", size)),
                figures -> measure(figures, GET, () -> get(library, container)));
        Figures figures = Contender.interleave(options.rounds(), contenders);
        figures.print("MiB/s", "bare stream up", "bare stream down", PUT, GET);
        System.out.printf(
            "%nPeak of the heap in transfers by Warren: %d MiB with garbage, of %d MiB allowed;"
                + " %d MiB live after it, %d MiB of buffers beside it.%n",
            peak / MIB,
            Runtime.getRuntime().maxMemory() / MIB,
            HostHeap.used() / MIB,
            HostHeap.direct() / MIB);
      } finally {
        bots.delete(bot);
        docked.delete(dockedBot);
        library.delete(container);
      }
    } finally {
      server.destroy();
      server.waitFor();
      Files.deleteIfExists(Path.of(socket + ".file"));
    }
  }

  private Contender warren(SandboxFiles files, String place, String path) {
    return figures -> {
      HostHeap.resetPeak();
      measure(
          figures,
          "SandboxFiles.write, " + place,
          () -> files.write(path, new Zeros(size), WriteOptions.defaults()));
      measure(figures, "SandboxFiles.open, " + place, () -> read(files, path));
      peak = Math.max(peak, HostHeap.peak());
      files.delete(path);
    };
  }

  private void read(SandboxFiles files, String path) throws IOException {
    try (InputStream in = files.open(path)) {
      long got = drain(in);
      if (got != size) {
        throw new IOException("got " + got + " bytes");
      }
    }
  }

  /** The container has never been started, as the engine's archive API should only be used. */
  private void get(DockerJava library, String container) throws IOException {
    try (InputStream in = library.get(container, "large")) {
      long got = drain(in);
      if (got < size) {
        throw new IOException("got " + got + " bytes");
      }
    }
  }

  private static long drain(InputStream in) throws IOException {
    byte[] buffer = new byte[BUFFER];
    long got = 0;
    for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
      got += count;
    }
    return got;
  }

  private interface Transfer {
    void run() throws Exception;
  }

  private void measure(Figures figures, String name, Transfer transfer) throws Exception {
    long start = System.nanoTime();
    transfer.run();
    figures.record(name, size / (double) MIB * 1e9 / (System.nanoTime() - start));
  }
}
