package dev.warren.internal.exec;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import dev.warren.ExecRequest;
import dev.warren.ExecResult;
import dev.warren.ProcessListener;
import dev.warren.SandboxException;
import dev.warren.SandboxException.Code;
import dev.warren.SandboxProcess;
import dev.warren.SandboxProcesses;
import dev.warren.bridge.v1.Attached;
import dev.warren.bridge.v1.ListProcessesRequest;
import dev.warren.bridge.v1.ProcessAttach;
import dev.warren.bridge.v1.ProcessInput;
import dev.warren.bridge.v1.SignalRequest;
import dev.warren.internal.connection.BridgeCalls;
import dev.warren.internal.connection.BridgeCalls.Effect;
import dev.warren.internal.connection.ConnectionSource;
import dev.warren.internal.connection.Leases;
import dev.warren.internal.connection.StatusMapper;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.function.BooleanSupplier;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The processes of a sandbox, through its bridge. Thread-safe. */
public final class BridgeProcesses implements SandboxProcesses {
  private static final Pattern ID = Pattern.compile("[A-Za-z0-9_-]{1,64}");
  private static final int MAX_SIGNAL = 64;

  private final ConnectionSource source;
  private final BridgeCalls calls;

  /**
   * @param subject what errors name, such as the bot's id
   */
  public BridgeProcesses(ConnectionSource source, String subject) {
    this.source = source;
    this.calls = new BridgeCalls(source, subject);
  }

  @Override
  public ExecResult exec(ExecRequest request) {
    return new ForegroundExec(target("exec", request, request.stdin().isPresent(), true), request)
        .run();
  }

  @Override
  public SandboxProcess start(ExecRequest request) {
    ProcessTarget target = target("start", request, true, false);
    PipeSink pipes = new PipeSink(target.subject());
    return start(target, request, pipes, pipes);
  }

  @Override
  public SandboxProcess start(ExecRequest request, ProcessListener listener) {
    ProcessTarget target = target("start", request, true, false);
    return start(target, request, new ListenerSink(listener), null);
  }

  private SandboxProcess start(
      ProcessTarget target, ExecRequest request, OutputSink sink, @Nullable PipeSink pipes) {
    return open(
        target,
        sink,
        pipes,
        request.pty().isPresent(),
        request::kept,
        request.stdin().map(UnsafeByteOperations::unsafeWrap).orElse(null));
  }

  private ProcessTarget target(
      String operation, ExecRequest request, boolean stdin, boolean attended) {
    String id = UUID.randomUUID().toString();
    return new ProcessTarget(
        source,
        id,
        ProcessInput.newBuilder().setStart(ProcessMessages.start(id, request, stdin)).build(),
        operation,
        calls.subject(request.name().isEmpty() ? request.argv().get(0) : request.name()),
        request.output().journalBytes(),
        attended);
  }

  @Override
  public SandboxProcess attach(String id, boolean takeOver, ProcessListener listener) {
    requireId("attach", id);
    ProcessAttach attach =
        ProcessAttach.newBuilder().setProcessId(id).setTakeOver(takeOver).build();
    ProcessInput first = ProcessInput.newBuilder().setAttach(attach).build();
    ProcessTarget target =
        new ProcessTarget(source, id, first, "attach", calls.subject(id), 0, false);
    BooleanSupplier kept =
        () -> list().stream().noneMatch(info -> info.id().equals(id) && !info.kept());
    return open(target, new ListenerSink(listener), null, true, kept, null);
  }

  private SandboxProcess open(
      ProcessTarget target,
      OutputSink sink,
      @Nullable PipeSink pipes,
      boolean terminal,
      BooleanSupplier kept,
      @Nullable ByteString input) {
    ConnectionSource.Lease lease = Leases.usable(source, target.operation());
    Executor executor = lease.connection().threads().executor();
    ProcessSession session = new ProcessSession(target, sink, executor);
    if (pipes != null) {
      pipes.feeds(session.output());
    }
    if (input != null) {
      session.input().feed(input);
    }
    session.begin(lease);
    return new BridgeProcess(
        this, session, target, awaitStart(session, target).getPid(), pipes, terminal, kept);
  }

  private static Attached awaitStart(ProcessSession session, ProcessTarget target) {
    try {
      return session.started().get();
    } catch (InterruptedException e) {
      session.cancel();
      SandboxException interrupted =
          StatusMapper.interrupted(target.operation(), target.subject(), e);
      session.abandonSoon(interrupted);
      throw interrupted;
    } catch (ExecutionException e) {
      throw (SandboxException) e.getCause(); // the session completes it with nothing else
    }
  }

  @Override
  public List<Info> list() {
    return calls
        .quick(
            "list processes",
            "",
            Effect.NONE,
            stub -> stub.listProcesses(ListProcessesRequest.getDefaultInstance()))
        .getProcessesList()
        .stream()
        .map(ProcessMessages::info)
        .toList();
  }

  @Override
  public boolean signal(String id, int number, Scope scope) {
    requireId("signal", id);
    if (number < 0 || number > MAX_SIGNAL) {
      throw SandboxException.invalid("signal", calls.subject(id), "signals are 0 to " + MAX_SIGNAL);
    }
    SignalRequest request =
        SignalRequest.newBuilder()
            .setProcessId(id)
            .setSignal(number)
            .setScope(ProcessMessages.scope(scope))
            .build();
    return calls.quick("signal", id, Effect.CHANGES, stub -> stub.signal(request)).getRunning();
  }

  private void requireId(String operation, String id) {
    if (!ID.matcher(id).matches()) {
      throw SandboxException.of(Code.INVALID_ARGUMENT, operation, calls.subject(""))
          .detail("process ids are letters, digits, '-' and '_', at most 64")
          .build();
    }
  }
}
