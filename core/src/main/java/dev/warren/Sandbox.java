package dev.warren;

/**
 * What a bot has: one container and the bridge in it. This is a cheap view; it owns nothing and
 * needs no closing. It stays valid over a restart of the sandbox: calls go to the new instance,
 * while processes of the old one report {@code CONFLICT}. Thread-safe.
 */
public interface Sandbox {

  BotId bot();

  /** Its files; relative paths start at {@code /data}. */
  SandboxFiles files();

  /** Its processes, for everything beyond {@link #exec}. */
  SandboxProcesses processes();

  /**
   * Runs a command to its end, for at most {@link ExecRequest#DEFAULT_TIMEOUT}.
   *
   * @throws SandboxException as for {@link SandboxProcesses#exec}
   */
  ExecResult exec(String... argv);

  /** Runs a command to its end; see {@link SandboxProcesses#exec}. */
  ExecResult exec(ExecRequest request);

  /**
   * How the host reaches its bridge now.
   *
   * @throws SandboxException {@code NOT_FOUND}, {@code UNAVAILABLE} when it does not run
   */
  SandboxAddress address();

  /**
   * Its state in the engine.
   *
   * @throws SandboxException {@code NOT_FOUND}
   */
  SandboxInfo info();

  /** Stops it; its data stays. See {@link BotContainerManager#stop}. */
  void stop();
}
