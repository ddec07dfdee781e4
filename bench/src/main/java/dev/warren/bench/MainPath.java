package dev.warren.bench;

/** Runs one part, in a JVM of its own. */
public final class MainPath {
  private MainPath() {}

  public static void main(String[] args) throws Exception {
    Options options = Options.parse(args);
    switch (options.part()) {
      case "start" -> new StartPart(options).run();
      case "exec" -> new ExecPart(options).run();
      case "memory" -> new MemoryPart(options).run();
      case "parallel" -> new ParallelPart(options).run();
      case "files" -> new FilesPart(options).run();
      case "leaks" -> new LeaksPart(options).run();
      default -> throw new IllegalArgumentException("unknown part " + options.part());
    }
  }
}
