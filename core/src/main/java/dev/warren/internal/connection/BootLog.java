package dev.warren.internal.connection;

import dev.warren.BotId;
import dev.warren.SandboxException;
import dev.warren.SandboxException.Code;
import dev.warren.spi.SandboxRuntime;
import dev.warren.spi.TaskInfo;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;

/**
 * What the first process of a sandbox writes: the announcement of its bridge and, when that ends
 * early, the reason. Thread-safe.
 */
public final class BootLog {
  private static final int TAIL = 2048;
  private static final long FIRST_PAUSE_NANOS = 500_000;
  private static final long LONG_PAUSE_NANOS = 2_000_000;

  /** How often the engine is asked whether there is anything to wait for. */
  private static final long ASK_NANOS = 50_000_000;

  private final SandboxRuntime runtime;
  private final Duration timeout;

  /**
   * @param timeout for a bridge to announce itself
   */
  public BootLog(SandboxRuntime runtime, Duration timeout) {
    this.runtime = runtime;
    this.timeout = timeout;
  }

  /**
   * Waits for the boot line. It is usually there; its way through the engine can take a moment.
   *
   * @throws SandboxException {@code UNAVAILABLE} when the bridge ended or says nothing in time,
   *     {@code CANCELLED} on interrupt
   */
  public BootLine await(BotId bot, String id) {
    long deadline = System.nanoTime() + timeout.toNanos();
    long asked = System.nanoTime();
    for (long pause = FIRST_PAUSE_NANOS; ; pause = Math.min(pause * 2, LONG_PAUSE_NANOS)) {
      try (InputStream log = runtime.tasks().logs(id)) {
        Optional<BootLine> boot = BootLine.find(log, id);
        if (boot.isPresent()) {
          return boot.get();
        }
      } catch (IOException e) {
        throw error(Code.UNAVAILABLE, bot)
            .detail("the sandbox's log cannot be read")
            .cause(e)
            .build();
      }
      if (System.nanoTime() - asked > ASK_NANOS) {
        requireRunning(bot, id);
        asked = System.nanoTime();
      }
      if (System.nanoTime() > deadline) {
        throw error(Code.UNAVAILABLE, bot)
            .detail("its bridge did not announce itself within " + timeout)
            .build();
      }
      pause(bot, pause);
    }
  }

  /** The end of it, for error messages; empty when it cannot be read. */
  public String tail(String id) {
    try (InputStream log = runtime.tasks().logs(id)) {
      byte[] all = log.readNBytes(1 << 20);
      int from = Math.max(0, all.length - TAIL);
      return new String(all, from, all.length - from, StandardCharsets.UTF_8).strip();
    } catch (IOException | SandboxException e) {
      return "";
    }
  }

  private void requireRunning(BotId bot, String id) {
    if (runtime.tasks().get(id).filter(TaskInfo::running).isEmpty()) {
      throw error(Code.UNAVAILABLE, bot)
          .detail("its bridge ended before it was ready: " + tail(id))
          .build();
    }
  }

  private void pause(BotId bot, long nanos) {
    try {
      Thread.sleep(nanos / 1_000_000, (int) (nanos % 1_000_000));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw error(Code.CANCELLED, bot).detail("the thread was interrupted").cause(e).build();
    }
  }

  private SandboxException.Builder error(Code code, BotId bot) {
    return SandboxException.of(code, "reach", bot.value()).backend(runtime.info().name());
  }
}
