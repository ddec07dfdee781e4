package dev.warren.testkit.internal.bridge;

import dev.warren.bridge.v1.ExitCause;
import dev.warren.bridge.v1.ListProcessesResponse;
import dev.warren.bridge.v1.ProcessAttach;
import dev.warren.bridge.v1.ProcessInput;
import dev.warren.bridge.v1.ProcessOutput;
import dev.warren.bridge.v1.ProcessStart;
import dev.warren.bridge.v1.Reason;
import dev.warren.bridge.v1.SignalRequest;
import dev.warren.bridge.v1.SignalResponse;
import dev.warren.testkit.FakeCommand;
import dev.warren.testkit.internal.fake.CommandTable;
import dev.warren.testkit.internal.fake.FakeProcess;
import dev.warren.testkit.internal.fake.SandboxPaths;
import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import org.jspecify.annotations.Nullable;

/** The processes of a bridge. Ended ones are never forgotten. Thread-safe. */
final class ProcessTable implements AutoCloseable {
  private final LayerFiles files;
  private final CommandTable commands;
  private final Map<String, String> env;
  private final Map<String, BridgedProcess> processes = new ConcurrentHashMap<>();
  private final ScheduledExecutorService timer =
      Executors.newSingleThreadScheduledExecutor(
          task -> {
            Thread thread = new Thread(task, "fake-bridge-timer");
            thread.setDaemon(true);
            return thread;
          });

  ProcessTable(LayerFiles files, CommandTable commands, Map<String, String> env) {
    this.files = files;
    this.commands = commands;
    this.env = env;
  }

  /** Exec and Attach: they differ in their first frame only. */
  StreamObserver<ProcessInput> open(StreamObserver<ProcessOutput> stream) {
    Conversation conversation = new Conversation(stream);
    ((ServerCallStreamObserver<ProcessOutput>) stream).setOnCancelHandler(conversation::detach);
    return conversation;
  }

  private final class Conversation implements StreamObserver<ProcessInput> {
    private final StreamObserver<ProcessOutput> stream;
    private volatile @Nullable BridgedProcess process;

    private Conversation(StreamObserver<ProcessOutput> stream) {
      this.stream = stream;
    }

    @Override
    public void onNext(ProcessInput input) {
      BridgedProcess current = process;
      if (current == null) {
        first(input);
        return;
      }
      switch (input.getFrameCase()) {
        case STDIN -> current.input(input.getStdin());
        case STDIN_CLOSE -> current.inputEnds();
        case SIGNAL -> current.signal(input.getSignal().getSignal());
        case CANCEL -> current.end(ExitCause.EXIT_CAUSE_CANCELLED);
        default -> {} // a size or an acknowledgement: there is no terminal, and nothing is dropped
      }
    }

    private void first(ProcessInput input) {
      try {
        if (input.hasStart()) {
          process = start(input.getStart(), stream);
        } else {
          ProcessAttach attach = input.getAttach();
          BridgedProcess found = require(attach.getProcessId());
          process = found;
          found.attach(attach, stream);
        }
      } catch (IOException | RuntimeException e) {
        stream.onError(Refusal.of(e));
      }
    }

    private void detach() {
      BridgedProcess current = process;
      if (current != null) {
        current.detach(stream);
      }
    }

    @Override
    public void onError(Throwable failure) {
      detach();
    }

    @Override
    public void onCompleted() {
      // The client has nothing more to say; it still listens.
    }
  }

  private BridgedProcess start(ProcessStart start, StreamObserver<ProcessOutput> stream)
      throws IOException {
    FakeCommand command =
        commands
            .find(start.getArgv(0))
            .orElseThrow(
                () ->
                    Refusal.of(
                        Status.Code.NOT_FOUND,
                        Reason.REASON_COMMAND_NOT_FOUND,
                        "the fake has no command " + start.getArgv(0)));
    String directory = SandboxPaths.absolute(files.root(), start.getCwd());
    checkDirectory(files.find(directory, true));
    BridgedProcess process =
        new BridgedProcess(start, command, environment(start), files.layer(), directory, timer);
    if (processes.putIfAbsent(start.getProcessId(), process) != null) {
      throw Refusal.of(Status.Code.ALREADY_EXISTS, "there is a process of this id");
    }
    process.begin(stream);
    return process;
  }

  private static void checkDirectory(Path directory) {
    if (!Files.exists(directory)) {
      throw Refusal.of(
          Status.Code.NOT_FOUND, Reason.REASON_CWD_NOT_FOUND, "there is no such directory");
    }
    if (!Files.isDirectory(directory)) {
      throw Refusal.of(
          Status.Code.INVALID_ARGUMENT,
          Reason.REASON_CWD_NOT_DIRECTORY,
          "the working directory is no directory");
    }
  }

  private Map<String, String> environment(ProcessStart start) {
    Map<String, String> values = new HashMap<>(env);
    if (start.getCleanEnv()) {
      values.keySet().removeIf(name -> !name.matches("PATH|HOME|TERM"));
    }
    for (String unset : start.getUnsetEnvList()) {
      boolean any = unset.endsWith("*");
      String prefix = any ? unset.substring(0, unset.length() - 1) : unset;
      values.keySet().removeIf(name -> any ? name.startsWith(prefix) : name.equals(prefix));
    }
    values.putAll(start.getEnvMap());
    return Map.copyOf(values);
  }

  ListProcessesResponse list() {
    ListProcessesResponse.Builder answer = ListProcessesResponse.newBuilder();
    processes.values().forEach(process -> answer.addProcesses(process.info()));
    return answer.build();
  }

  SignalResponse signal(SignalRequest request) {
    BridgedProcess process = require(request.getProcessId());
    boolean running = process.running();
    process.signal(request.getSignal());
    return SignalResponse.newBuilder().setRunning(running).build();
  }

  private BridgedProcess require(String id) {
    BridgedProcess process = processes.get(id);
    if (process == null) {
      throw Refusal.of(
          Status.Code.NOT_FOUND, Reason.REASON_PROCESS_NOT_FOUND, "there is no such process");
    }
    return process;
  }

  /** Kills what runs. */
  @Override
  public void close() {
    processes.values().forEach(process -> process.signal(FakeProcess.SIGKILL));
    timer.shutdownNow();
  }
}
