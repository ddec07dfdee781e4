package dev.warren.spi;

/** Freezing of running tasks. The general rules are those of {@link SandboxRuntime}. */
public interface Pause {

  /** Freezes all processes of the task; freezing a frozen one does nothing. */
  void pause(String id);

  /** Lets them go on; for a running task it does nothing. */
  void resume(String id);
}
