package dev.warren.examples.botservice;

import dev.warren.Backup;
import dev.warren.BotContainerManager;
import dev.warren.BotId;
import dev.warren.ExecRequest;
import dev.warren.ExecResult;
import dev.warren.ProcessExit.Cause;
import dev.warren.Sandbox;
import dev.warren.SandboxException;
import dev.warren.SandboxException.Code;
import dev.warren.examples.botservice.Answer.Outcome;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * Runs the scripts of bots, each in the sandbox of its bot. It tries again where that can help,
 * counts what a bot may do, and stops sandboxes that nobody has used for a while. Thread-safe.
 */
public final class ScriptService {
  private static final int ATTEMPTS = 3;
  private static final Duration FIRST_PAUSE = Duration.ofMillis(200);

  /** Failures that may be gone in a moment. All others would only fail again. */
  private static final Set<Code> PASSING = Set.of(Code.UNAVAILABLE, Code.TIMEOUT);

  private final BotContainerManager manager;
  private final RunQuota quota;
  private final Clock clock;
  private final Consumer<Duration> pause;
  private final Duration scriptLimit;
  private final Map<BotId, Activity> activities = new ConcurrentHashMap<>();

  /**
   * @param pause waits that long; tests do not
   * @param scriptLimit after which a script is ended
   */
  public ScriptService(
      BotContainerManager manager,
      RunQuota quota,
      Clock clock,
      Consumer<Duration> pause,
      Duration scriptLimit) {
    this.manager = manager;
    this.quota = quota;
    this.clock = clock;
    this.pause = pause;
    this.scriptLimit = scriptLimit;
  }

  /** Runs a script of a bot to its end. */
  public Answer run(BotId bot, String script) {
    if (!quota.take(bot)) {
      return new Answer(Outcome.REFUSED, "You have run enough scripts for now.");
    }
    return activity(bot).shared(() -> runNow(bot, script));
  }

  private Answer runNow(BotId bot, String script) {
    try {
      // Both may be done twice without harm, and a connection that was lost shows in the write.
      Sandbox sandbox =
          repeated(
              () -> {
                Sandbox started = manager.start(bot);
                started.files().writeString("script.py", script);
                return started;
              });
      return answer(
          sandbox.exec(ExecRequest.builder("python", "script.py").timeout(scriptLimit).build()));
    } catch (SandboxException e) {
      return new Answer(Outcome.TRY_LATER, "This did not work, and it was not your script.");
    }
  }

  private <T> T repeated(Supplier<T> step) {
    Duration wait = FIRST_PAUSE;
    for (int attempt = 1; ; attempt++) {
      try {
        return step.get();
      } catch (SandboxException e) {
        if (attempt == ATTEMPTS || !PASSING.contains(e.code())) {
          throw e;
        }
      }
      pause.accept(wait);
      wait = wait.multipliedBy(2);
    }
  }

  private static Answer answer(ExecResult result) {
    if (result.exit().cause() == Cause.TIMED_OUT) {
      return new Answer(Outcome.TOO_SLOW, "The script took too long and was ended.");
    }
    return result.success()
        ? new Answer(Outcome.DONE, result.stdout())
        : new Answer(Outcome.SCRIPT_FAILED, result.stderr());
  }

  /**
   * Stops the sandboxes that were not used for a while. Their data stays, and the next script
   * starts them again.
   *
   * @return how many were stopped
   */
  public int stopIdle(Duration idle) {
    Instant then = clock.instant().minus(idle);
    int stopped = 0;
    for (Map.Entry<BotId, Activity> entry : activities.entrySet()) {
      BotId bot = entry.getKey();
      boolean running = manager.find(bot).filter(sandbox -> sandbox.info().running()).isPresent();
      if (running && entry.getValue().ifIdleSince(then, () -> manager.stop(bot))) {
        stopped++;
      }
    }
    return stopped;
  }

  /** Ends a bot's sandbox and keeps its data. When that fails, the sandbox stays. */
  public Backup retire(BotId bot) {
    return activity(bot).alone(() -> manager.deletePreserving(bot));
  }

  /** Gives a retired bot a sandbox with its data. */
  public void bringBack(Backup backup) {
    activity(backup.bot())
        .alone(
            () -> {
              Sandbox sandbox = repeated(() -> manager.start(backup.bot()));
              manager.restore(backup);
              return sandbox;
            });
  }

  private Activity activity(BotId bot) {
    return activities.computeIfAbsent(bot, key -> new Activity(clock));
  }
}
