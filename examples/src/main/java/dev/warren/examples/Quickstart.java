package dev.warren.examples;

import dev.warren.BotContainerManager;
import dev.warren.BotId;
import dev.warren.ExecRequest;
import dev.warren.ExecResult;
import dev.warren.FileInfo;
import dev.warren.ProcessExit;
import dev.warren.ProcessListener;
import dev.warren.Sandbox;
import dev.warren.SandboxException;
import dev.warren.SandboxProcess;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * The life of a sandbox, step by step: start, write, list, run with live output, stop, start again
 * with the data still there, delete.
 *
 * <pre>
 *   Quickstart --runtime process
 *   Quickstart --runtime containerd --socket /run/containerd/containerd.sock --image IMAGE
 *   Quickstart --runtime docker --socket /var/run/docker.sock --image IMAGE
 * </pre>
 */
public final class Quickstart {
  /** Held, because java.util.logging forgets the level of a logger that nobody holds. */
  private static final Logger GRPC_LOG = Logger.getLogger("io.grpc");

  private final BotContainerManager manager;
  private final BotId bot = BotId.of("quickstart-" + ProcessHandle.current().pid());

  private Quickstart(BotContainerManager manager) {
    this.manager = manager;
  }

  public static void main(String[] args) {
    GRPC_LOG.setLevel(Level.WARNING);
    QuickstartOptions options;
    try {
      options = QuickstartOptions.parse(args);
    } catch (IllegalArgumentException e) {
      System.err.println("quickstart: " + e.getMessage());
      System.exit(2);
      return;
    }
    try (BotContainerManager manager = options.manager(new ProgressBar())) {
      new Quickstart(manager).run(options);
    } catch (SandboxException e) {
      System.err.println("quickstart: " + e.getMessage());
      System.exit(1);
    }
  }

  private void run(QuickstartOptions options) {
    System.out.println("Runtime: " + options.runtime());
    manager.init();
    try {
      Sandbox sandbox = timed("Start the sandbox of " + bot, () -> manager.start(bot));
      step("Write and list files");
      sandbox.files().writeString("notes.txt", "Remember the milk.\n");
      sandbox.files().writeString("plans/today.txt", "1. Try Warren.\n");
      list(sandbox, ".");
      list(sandbox, "plans");
      step("Run a command");
      ExecResult result = sandbox.exec("cat", "notes.txt");
      print(result.stdout());
      step("Run a command and watch its output");
      watch(sandbox);
      timed("Stop the sandbox", () -> stopped(sandbox));
      timed("Start it again", () -> manager.start(bot));
      step("The data is still there");
      print(sandbox.files().readString("notes.txt"));
    } finally {
      timed("Delete the sandbox with its data", this::deleted);
    }
    System.out.println("Done.");
  }

  private void watch(Sandbox sandbox) {
    ExecRequest request =
        ExecRequest.shell("for i in 1 2 3; do echo tick $i; sleep 0.2; done; exit 7").build();
    ProcessListener printer =
        new ProcessListener() {
          @Override
          public void stdout(byte[] data) {
            print(new String(data, StandardCharsets.UTF_8));
          }
        };
    try (SandboxProcess process = sandbox.processes().start(request, printer)) {
      ProcessExit exit = process.await(Duration.ofSeconds(10));
      print("(ended with code " + exit.code() + " after " + exit.duration().toMillis() + " ms)\n");
    }
  }

  private void list(Sandbox sandbox, String directory) {
    List<FileInfo> files = sandbox.files().list(directory);
    for (FileInfo file : files) {
      String name = file.isDirectory() ? file.path() + "/" : file.path();
      print(String.format("%-12s %5d bytes%n", name, file.size()));
    }
  }

  private boolean stopped(Sandbox sandbox) {
    sandbox.stop();
    return true;
  }

  private boolean deleted() {
    manager.delete(bot);
    return true;
  }

  private static <T> T timed(String title, java.util.function.Supplier<T> action) {
    long start = System.nanoTime();
    T result = action.get();
    System.out.printf("%n== %s (%d ms)%n", title, (System.nanoTime() - start) / 1_000_000);
    return result;
  }

  private static void step(String title) {
    System.out.printf("%n== %s%n", title);
  }

  private static void print(String text) {
    System.out.print(text.indent(3));
  }
}
