package dev.warren.testkit;

import dev.warren.BotId;
import dev.warren.testkit.internal.bridge.BridgeProgram;
import dev.warren.testkit.internal.bridge.InProcessBridge;
import dev.warren.testkit.internal.bridge.Misbehaviour;
import java.io.IOException;
import java.io.UncheckedIOException;

/** The bridges in the sandboxes of a {@link FakeSandboxRuntime}, and their faults. Thread-safe. */
public final class FakeBridges {
  private final BridgeProgram program;
  private final Misbehaviour answers;

  FakeBridges(BridgeProgram program, Misbehaviour answers) {
    this.program = program;
    this.answers = answers;
  }

  /** Connections that are open to all bridges. */
  public int connections() {
    return program.connections();
  }

  /** Breaks all connections to a bot's bridge; what runs in the sandbox goes on. */
  public void dropConnections(BotId bot) {
    InProcessBridge bridge =
        program
            .of("warren-" + bot)
            .orElseThrow(() -> new IllegalStateException("no bridge runs for " + bot));
    try {
      bridge.dropConnections();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while connections were dropped", e);
    }
  }

  /** Lets all bridges take calls without ever answering. */
  public void silent(boolean value) {
    answers.silent(value);
  }

  /** Lets all bridges say that they are another container's. */
  public void answerAs(String containerId) {
    answers.claim(containerId);
  }

  /** Lets all bridges speak another version of the protocol; the present one is 1. */
  public void protocol(int version) {
    answers.protocol(version);
  }

  /** Lets all bridges sign with a key that is not theirs. */
  public void forgeSignatures(boolean value) {
    answers.forged(value);
  }

  /** Lets exports end normally, but without the summary that makes an archive complete. */
  public void breakExports(boolean value) {
    answers.brokenExports(value);
  }

  /** Ends all misbehaviour. */
  public void behave() {
    answers.silent(false);
    answers.claim(null);
    answers.protocol(1);
    answers.forged(false);
    answers.brokenExports(false);
  }
}
