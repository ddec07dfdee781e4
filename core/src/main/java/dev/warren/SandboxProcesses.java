package dev.warren;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** The processes of a sandbox. Thread-safe. */
public interface SandboxProcesses {

  /**
   * Runs a command to its end. An interrupt of the caller ends the command.
   *
   * @throws SandboxException {@code NOT_FOUND} (reason {@code COMMAND_NOT_FOUND}, {@code
   *     CWD_NOT_FOUND}, {@code USER_NOT_FOUND}), {@code PERMISSION_DENIED} (reason {@code
   *     NOT_EXECUTABLE}), {@code INVALID_ARGUMENT}, {@code RESOURCE_EXHAUSTED}; {@code CANCELLED}
   *     on interrupt; {@code UNAVAILABLE} or {@code CONFLICT} when its end cannot be known
   */
  ExecResult exec(ExecRequest request);

  /** Starts a process to be read through {@link SandboxProcess#stdout()}; codes as for exec. */
  SandboxProcess start(ExecRequest request);

  /** Starts a process whose output goes to a listener; codes as for exec. */
  SandboxProcess start(ExecRequest request, ProcessListener listener);

  /**
   * Attaches to a process that runs, or has ended and is not forgotten yet. Output begins with what
   * no client has consumed.
   *
   * @param takeOver whether another client may be replaced
   * @throws SandboxException {@code NOT_FOUND}; {@code CONFLICT} when another client is attached
   */
  SandboxProcess attach(String id, boolean takeOver, ProcessListener listener);

  /** Running processes, and ended ones that are not forgotten yet. */
  List<Info> list();

  /**
   * Sends a signal.
   *
   * @return whether it was running
   * @throws SandboxException {@code NOT_FOUND}
   */
  boolean signal(String id, int number, Scope scope);

  /** Who gets a signal. */
  enum Scope {
    PROCESS,
    GROUP,
    /** All descendants, those with sessions of their own included. */
    TREE
  }

  /**
   * A process of the sandbox.
   *
   * @param exit present once it has ended
   */
  record Info(
      String id,
      String name,
      long pid,
      List<String> argv,
      boolean kept,
      Instant started,
      boolean attached,
      Optional<ProcessExit> exit) {}
}
