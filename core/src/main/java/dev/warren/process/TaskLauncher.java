package dev.warren.process;

import dev.warren.SandboxException;
import dev.warren.SandboxException.Code;
import dev.warren.internal.concurrent.Retries;
import dev.warren.internal.concurrent.RetryPolicy.Series;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;

/** Starts the command of a container under the bridge's init, so that it outlives this JVM. */
final class TaskLauncher {
  private static final int ETXTBSY = 26;
  private static final int NOT_FOUND = 127;
  private static final int NOT_EXECUTABLE = 126;

  private final ContainerStore store;
  private final Supplier<Path> bridge;

  TaskLauncher(ContainerStore store, Supplier<Path> bridge) {
    this.store = store;
    this.bridge = bridge;
  }

  void launch(ContainerRecord record) throws IOException {
    Path stateFile = store.taskState(record.id());
    Files.deleteIfExists(stateFile);
    ProcessBuilder builder = new ProcessBuilder(command(record));
    builder.directory(store.data(record.id()).toFile());
    builder.redirectInput(new File("/dev/null"));
    builder.redirectErrorStream(true);
    builder.redirectOutput(store.log(record.id()).toFile());
    environment(builder.environment(), record);
    Process process = start(builder);
    awaitState(record.id(), process, stateFile);
  }

  /**
   * A thread that forks while another one still writes the bridge's file hands the open file to its
   * child for a moment, and until then the kernel refuses to run it.
   */
  private static Process start(ProcessBuilder builder) throws IOException {
    Series attempts = Retries.BUSY_PROGRAM.begin();
    while (true) {
      try {
        return builder.start();
      } catch (IOException e) {
        boolean busy = String.valueOf(e.getMessage()).contains("error=" + ETXTBSY);
        OptionalLong pause = busy ? attempts.next(e) : OptionalLong.empty();
        if (pause.isEmpty()) {
          throw e;
        }
        LockSupport.parkNanos(pause.getAsLong());
      }
    }
  }

  private List<String> command(ContainerRecord record) {
    Path data = store.data(record.id());
    List<String> own = record.command();
    // A sandbox's own bridge takes the part of init itself; other commands get one.
    boolean isBridge =
        own.size() > 1 && record.binds().containsKey(own.get(0)) && own.get(1).equals("init");
    String init = isBridge ? record.hostPath(own.get(0), data) : bridge.get().toString();
    List<String> words = new ArrayList<>(List.of(init, "init", "--subreaper"));
    words.addAll(List.of("--state-file", store.taskState(record.id()).toString()));
    words.addAll(isBridge ? List.of("--root-alias", "/data") : List.of("--"));
    own.subList(isBridge ? 2 : 0, own.size())
        .forEach(word -> words.add(translate(word, record, data)));
    return words;
  }

  /** Paths become those of the host; a port would be shared by all sandboxes, so any is taken. */
  private static String translate(String word, ContainerRecord record, Path data) {
    if (word.startsWith("unix:")) {
      return "unix:" + record.hostPath(word.substring("unix:".length()), data);
    }
    if (word.startsWith("tcp:")) {
      return "tcp:127.0.0.1:0";
    }
    return record.hostPath(word, data);
  }

  /** Nothing of the host application's environment but the search path. */
  private void environment(Map<String, String> environment, ContainerRecord record) {
    String path = environment.getOrDefault("PATH", "/usr/local/bin:/usr/bin:/bin");
    environment.clear();
    environment.put("PATH", path);
    environment.put("HOME", store.data(record.id()).toString());
    environment.put("LANG", "C.UTF-8");
    environment.putAll(record.env());
  }

  /** Init tells its pid first, and ends with 126 or 127 when it cannot start the command. */
  private static void awaitState(String id, Process process, Path stateFile) throws IOException {
    while (true) {
      boolean ended = !process.isAlive();
      if (TaskState.read(stateFile).isPresent()) {
        return; // it may have ended already: it was just quick
      }
      if (ended) {
        int code = process.exitValue();
        if (code == NOT_FOUND || code == NOT_EXECUTABLE) {
          boolean missing = code == NOT_FOUND;
          throw SandboxException.of(
                  missing ? Code.NOT_FOUND : Code.PERMISSION_DENIED, "start task", id)
              .backend(ProcessRuntime.NAME)
              .detail(missing ? "its command was not found" : "its command is not executable")
              .build();
        }
        throw SandboxException.of(Code.INTERNAL, "start task", id)
            .backend(ProcessRuntime.NAME)
            .detail("its first process ended at once with code " + code)
            .remedy("see the task's log")
            .build();
      }
      try {
        boolean unused = process.waitFor(1, TimeUnit.MILLISECONDS);
      } catch (InterruptedException e) {
        process.destroyForcibly();
        Thread.currentThread().interrupt();
        throw SandboxException.of(Code.CANCELLED, "start task", id)
            .backend(ProcessRuntime.NAME)
            .detail("the thread was interrupted")
            .cause(e)
            .build();
      }
    }
  }
}
