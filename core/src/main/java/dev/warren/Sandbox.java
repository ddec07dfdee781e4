package dev.warren;

/**
 * What a bot has: one container and the bridge in it. This is a cheap view; it owns nothing and
 * needs no closing. It stays valid over a restart of the sandbox: calls go to the new instance,
 * while processes of the old one report {@code CONFLICT}. Thread-safe.
 */
public final class Sandbox {
  private final BotContainerManager manager;
  private final BotId bot;
  private final SandboxFiles files;
  private final SandboxProcesses processes;

  Sandbox(BotContainerManager manager, BotId bot, SandboxFiles files, SandboxProcesses processes) {
    this.manager = manager;
    this.bot = bot;
    this.files = files;
    this.processes = processes;
  }

  public BotId bot() {
    return bot;
  }

  /** Its files; relative paths start at {@code /data}. */
  public SandboxFiles files() {
    return files;
  }

  /** Its processes, for everything beyond {@link #exec}. */
  public SandboxProcesses processes() {
    return processes;
  }

  /**
   * Runs a command to its end, for at most {@link ExecRequest#DEFAULT_TIMEOUT}.
   *
   * @throws SandboxException as for {@link SandboxProcesses#exec}
   */
  public ExecResult exec(String... argv) {
    return processes.exec(ExecRequest.of(argv));
  }

  /** Runs a command to its end; see {@link SandboxProcesses#exec}. */
  public ExecResult exec(ExecRequest request) {
    return processes.exec(request);
  }

  /**
   * How the host reaches its bridge now.
   *
   * @throws SandboxException {@code NOT_FOUND}, {@code UNAVAILABLE} when it does not run
   */
  public SandboxAddress address() {
    return manager.address(bot);
  }

  /**
   * Its state in the engine.
   *
   * @throws SandboxException {@code NOT_FOUND}
   */
  public SandboxInfo info() {
    return manager.info(bot);
  }

  /** Stops it; its data stays. See {@link BotContainerManager#stop}. */
  public void stop() {
    manager.stop(bot);
  }

  @Override
  public String toString() {
    return "Sandbox[" + bot + "]";
  }
}
