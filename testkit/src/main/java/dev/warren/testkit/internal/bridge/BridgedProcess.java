package dev.warren.testkit.internal.bridge;

import dev.warren.bridge.v1.Attached;
import dev.warren.bridge.v1.Exit;
import dev.warren.bridge.v1.ExitCause;
import dev.warren.bridge.v1.Framing;
import dev.warren.bridge.v1.ProcessAttach;
import dev.warren.bridge.v1.ProcessInfo;
import dev.warren.bridge.v1.ProcessOutput;
import dev.warren.bridge.v1.ProcessStart;
import dev.warren.bridge.v1.Reason;
import dev.warren.bridge.v1.StdinAccepted;
import dev.warren.bridge.v1.StdinData;
import dev.warren.bridge.v1.Stream;
import dev.warren.testkit.FakeCommand;
import dev.warren.testkit.internal.fake.FakeProcess;
import dev.warren.testkit.internal.fake.FakeProcess.Ending;
import dev.warren.testkit.internal.fake.Launch;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import java.io.OutputStream;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A process of a bridge with its journal and the client that is attached. A terminal is only a
 * stream that holds both outputs. The monitor guards all fields. Thread-safe.
 */
final class BridgedProcess {
  private static final int STDIN_WINDOW = 1 << 20;
  private static final int STDERR_TAIL = 8 << 10;
  private static final long DETACH_GRACE_MILLIS = 30_000;
  private static final int SIGTERM = 15;

  private final ProcessStart start;
  private final ScheduledExecutorService timer;
  private final FakeProcess process;
  private final StdinPipe stdin = new StdinPipe();
  private final OutputJournal stdout;
  private final OutputJournal stderr;
  private final Instant started = Instant.now();
  private long epoch;
  private @Nullable Client client;
  private final List<StreamObserver<ProcessOutput>> watchers = new java.util.ArrayList<>();
  private ExitCause cause = ExitCause.EXIT_CAUSE_UNSPECIFIED;
  private @Nullable Exit exit;

  BridgedProcess(
      ProcessStart start,
      FakeCommand command,
      Map<String, String> env,
      Path layer,
      String workingDirectory,
      ScheduledExecutorService timer) {
    this.start = start;
    this.timer = timer;
    boolean lines = start.getStdoutFraming() == Framing.FRAMING_LINES;
    long maxLine = start.getMaxLineBytes() == 0 ? 16 << 20 : start.getMaxLineBytes();
    this.stdout = new OutputJournal(Stream.STREAM_STDOUT, lines, maxLine);
    this.stderr =
        start.hasPty() ? stdout : new OutputJournal(Stream.STREAM_STDERR, false, Long.MAX_VALUE);
    if (!start.getStdin() && !start.hasPty()) {
      stdin.end();
    }
    this.process =
        new FakeProcess(
            command,
            new Launch(
                start.getArgvList(), env, layer, workingDirectory, stdin, to(stdout), to(stderr)),
            this::ended);
  }

  /** The attached stream, and what it was sent. */
  private static final class Client {
    private final StreamObserver<ProcessOutput> stream;
    private int stdoutSent;
    private int stderrSent;

    private Client(StreamObserver<ProcessOutput> stream, long stdoutSent, long stderrSent) {
      this.stream = stream;
      this.stdoutSent = Math.toIntExact(stdoutSent);
      this.stderrSent = Math.toIntExact(stderrSent);
    }
  }

  void begin(StreamObserver<ProcessOutput> stream) {
    synchronized (this) {
      connect(new Client(stream, 0, 0));
    }
    process.start();
    if (start.getTimeoutMillis() > 0) {
      later(start.getTimeoutMillis(), () -> end(ExitCause.EXIT_CAUSE_TIMED_OUT));
    }
  }

  synchronized void attach(ProcessAttach attach, StreamObserver<ProcessOutput> stream) {
    if (attach.getExitOnly()) {
      stream.onNext(attached());
      watchers.add(stream);
      pump();
      return;
    }
    Client before = client;
    if (before != null && !attach.getTakeOver() && attach.getEpoch() != epoch) {
      throw Refusal.of(
          Status.Code.ABORTED, Reason.REASON_ALREADY_ATTACHED, "another client is attached");
    }
    connect(new Client(stream, attach.getStdoutOffset(), attach.getStderrOffset()));
    if (before != null) {
      before.stream.onError(
          Refusal.of(Status.Code.ABORTED, Reason.REASON_TAKEN_OVER, "another client took it over"));
    }
  }

  private void connect(Client fresh) {
    client = fresh;
    epoch++;
    fresh.stream.onNext(attached());
    pump();
  }

  private ProcessOutput attached() {
    return ProcessOutput.newBuilder()
        .setAttached(
            Attached.newBuilder()
                .setProcessId(start.getProcessId())
                .setPid(process.pid())
                .setEpoch(epoch)
                .setStdinAccepted(stdin.accepted())
                .setStdinClosed(stdin.ended())
                .setStdinWindow(STDIN_WINDOW))
        .build();
  }

  /** The stream broke or was let go. */
  synchronized void detach(StreamObserver<ProcessOutput> stream) {
    watchers.remove(stream);
    if (client == null || client.stream != stream) {
      return;
    }
    client = null;
    if (!start.getKept() && exit == null) {
      long detached = epoch;
      long grace = start.getDetachGraceMillis();
      later(grace == 0 ? DETACH_GRACE_MILLIS : grace, () -> abandon(detached));
    }
  }

  private void abandon(long detached) {
    synchronized (this) {
      if (epoch != detached || client != null) {
        return;
      }
    }
    end(ExitCause.EXIT_CAUSE_ABANDONED);
  }

  void input(StdinData data) {
    long accepted = stdin.accept(data.getOffset(), data.getData().toByteArray());
    synchronized (this) {
      if (client != null && exit == null) {
        client.stream.onNext(
            ProcessOutput.newBuilder()
                .setStdinAccepted(StdinAccepted.newBuilder().setOffset(accepted))
                .build());
      }
    }
  }

  void inputEnds() {
    stdin.end();
  }

  void signal(int number) {
    process.signal(number);
  }

  /** Ends it for a reason: SIGTERM, and SIGKILL after the grace. */
  void end(ExitCause why) {
    synchronized (this) {
      if (exit != null || cause != ExitCause.EXIT_CAUSE_UNSPECIFIED) {
        return;
      }
      cause = why;
    }
    if (start.getKillGraceMillis() > 0) {
      later(start.getKillGraceMillis(), () -> process.signal(FakeProcess.SIGKILL));
      process.signal(SIGTERM);
    } else {
      process.signal(FakeProcess.SIGKILL);
    }
  }

  private void later(long millis, Runnable task) {
    var unused = timer.schedule(task, millis, TimeUnit.MILLISECONDS);
  }

  private synchronized void ended(Ending ending) {
    boolean signalled = ending.signal() != 0;
    ExitCause natural = signalled ? ExitCause.EXIT_CAUSE_SIGNALLED : ExitCause.EXIT_CAUSE_EXITED;
    exit =
        Exit.newBuilder()
            .setCause(cause == ExitCause.EXIT_CAUSE_UNSPECIFIED ? natural : cause)
            .setExitCode(ending.code())
            .setSignal(ending.signal())
            .setDurationMillis(Duration.between(started, Instant.now()).toMillis())
            .setStdoutBytes(stdout.size())
            .setStderrBytes(start.hasPty() ? 0 : stderr.size())
            .setStderrTail(start.hasPty() ? "" : stderr.tail(STDERR_TAIL).toStringUtf8())
            .build();
    stdin.end();
    pump();
  }

  /** Sends what the client has not got yet, and the end after it. */
  private synchronized void pump() {
    Exit end = exit;
    if (client != null) {
      client.stdoutSent = send(client, stdout, client.stdoutSent, end != null);
      if (stderr != stdout) {
        client.stderrSent = send(client, stderr, client.stderrSent, end != null);
      }
      if (end != null) {
        finish(client.stream, end);
        client = null;
      }
    }
    if (end != null) {
      watchers.forEach(watcher -> finish(watcher, end));
      watchers.clear();
    }
  }

  private static int send(Client to, OutputJournal journal, int from, boolean ended) {
    int sent = from;
    for (ProcessOutput frame : journal.frames(from, ended)) {
      to.stream.onNext(frame);
      sent = OutputJournal.after(frame);
    }
    return sent;
  }

  private static void finish(StreamObserver<ProcessOutput> stream, Exit end) {
    stream.onNext(ProcessOutput.newBuilder().setExit(end).build());
    stream.onCompleted();
  }

  private OutputStream to(OutputJournal journal) {
    return new OutputStream() {
      @Override
      public void write(int b) {
        write(new byte[] {(byte) b}, 0, 1);
      }

      @Override
      public void write(byte[] bytes, int from, int length) {
        synchronized (BridgedProcess.this) {
          journal.append(bytes, from, length);
          pump();
        }
      }
    };
  }

  boolean running() {
    return process.running();
  }

  synchronized ProcessInfo info() {
    ProcessInfo.Builder info =
        ProcessInfo.newBuilder()
            .setProcessId(start.getProcessId())
            .setName(start.getName())
            .setPid(process.pid())
            .addAllArgv(start.getArgvList())
            .setKept(start.getKept())
            .setStartedUnixMillis(started.toEpochMilli())
            .setAttached(client != null)
            .setEpoch(epoch)
            .setStdoutBytes(stdout.size())
            .setStderrBytes(start.hasPty() ? 0 : stderr.size());
    if (exit != null) {
      info.setExit(exit);
    }
    return info.build();
  }
}
