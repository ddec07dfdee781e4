package dev.warren.internal.exec;

import dev.warren.ExecRequest;
import dev.warren.ProcessExit;
import dev.warren.SandboxProcesses;
import dev.warren.bridge.v1.Exit;
import dev.warren.bridge.v1.Framing;
import dev.warren.bridge.v1.Overflow;
import dev.warren.bridge.v1.ProcessInfo;
import dev.warren.bridge.v1.ProcessStart;
import dev.warren.bridge.v1.Pty;
import dev.warren.bridge.v1.SignalScope;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/** Translates between the messages of process calls and the values of the API. Stateless. */
final class ProcessMessages {
  private ProcessMessages() {}

  static ProcessStart start(String id, ExecRequest request, boolean stdin) {
    ExecRequest.OutputMode output = request.output();
    ProcessStart.Builder start =
        ProcessStart.newBuilder()
            .setProcessId(id)
            .addAllArgv(request.argv())
            .putAllEnv(request.env())
            .setCleanEnv(request.cleanEnv())
            .addAllUnsetEnv(request.unsetEnv())
            .setCwd(request.cwd().orElse(""))
            .setUser(request.user().orElse(""))
            .setStdin(stdin)
            .setTimeoutMillis(request.timeout().map(Duration::toMillis).orElse(0L))
            .setKillGraceMillis(request.killGrace().toMillis())
            .setKept(request.kept())
            .setName(request.name())
            .setStdoutFraming(output.lines() ? Framing.FRAMING_LINES : Framing.FRAMING_BYTES)
            .setMaxLineBytes(output.maxLineBytes())
            .setJournalBytes(output.journalBytes())
            .setOverflow(
                output.dropOldest() ? Overflow.OVERFLOW_DROP_OLDEST : Overflow.OVERFLOW_BLOCK);
    request
        .pty()
        .ifPresent(
            pty ->
                start.setPty(
                    Pty.newBuilder()
                        .setColumns(pty.columns())
                        .setRows(pty.rows())
                        .setTerm(pty.term())));
    return start.build();
  }

  static ProcessExit exit(Exit exit) {
    return new ProcessExit(
        switch (exit.getCause()) {
          case EXIT_CAUSE_EXITED -> ProcessExit.Cause.EXITED;
          case EXIT_CAUSE_TIMED_OUT -> ProcessExit.Cause.TIMED_OUT;
          case EXIT_CAUSE_CANCELLED -> ProcessExit.Cause.CANCELLED;
          case EXIT_CAUSE_OUT_OF_MEMORY -> ProcessExit.Cause.OUT_OF_MEMORY;
          case EXIT_CAUSE_ABANDONED -> ProcessExit.Cause.ABANDONED;
          // A cause that is newer than we are is certainly no success.
          case EXIT_CAUSE_SIGNALLED, EXIT_CAUSE_UNSPECIFIED, UNRECOGNIZED ->
              ProcessExit.Cause.SIGNALLED;
        },
        exit.getExitCode(),
        exit.getSignal(),
        Duration.ofMillis(exit.getDurationMillis()),
        exit.getStdoutBytes(),
        exit.getStderrBytes(),
        exit.getStderrTail(),
        exit.getOutputHeld());
  }

  static SandboxProcesses.Info info(ProcessInfo info) {
    return new SandboxProcesses.Info(
        info.getProcessId(),
        info.getName(),
        info.getPid(),
        info.getArgvList(),
        info.getKept(),
        Instant.ofEpochMilli(info.getStartedUnixMillis()),
        info.getAttached(),
        info.hasExit() ? Optional.of(exit(info.getExit())) : Optional.empty());
  }

  static SignalScope scope(SandboxProcesses.Scope scope) {
    return switch (scope) {
      case PROCESS -> SignalScope.SIGNAL_SCOPE_PROCESS;
      case GROUP -> SignalScope.SIGNAL_SCOPE_GROUP;
      case TREE -> SignalScope.SIGNAL_SCOPE_TREE;
    };
  }
}
