package dev.warren.testkit;

/** A program of a {@link FakeSandboxRuntime}: what a bot's command does, written in Java. */
@FunctionalInterface
public interface FakeCommand {

  /**
   * Runs the command. A signal that it does not {@linkplain FakeInvocation#onSignal handle} ends
   * it: its thread is interrupted, its streams fail, and what it returns or throws no longer
   * matters.
   *
   * @return the exit code, 0 to 255
   * @throws Exception shown on stderr; the exit code is then 1
   */
  int run(FakeInvocation invocation) throws Exception;
}
