package dev.warren.testkit;

import dev.warren.BotContainerManager;
import dev.warren.BotId;
import dev.warren.StateDirectory;
import dev.warren.spi.SandboxRuntime;
import java.nio.file.Path;

/**
 * A host application that dies in the middle of an operation, for {@link HostCrashContract}.
 *
 * <p>Arguments: factory class, state directory, image or {@code -}, operation, bot, moment. The
 * moment 2n is before the n-th call to the engine, 2n + 1 right after it. Exit code 0 when the
 * operation ended before that moment, 99 when the host died.
 */
public final class CrashingHost {
  static final int DIED = 99;

  private CrashingHost() {}

  public static void main(String[] args) throws ReflectiveOperationException {
    RuntimeFactory factory =
        Class.forName(args[0])
            .asSubclass(RuntimeFactory.class)
            .getDeclaredConstructor()
            .newInstance();
    SandboxRuntime runtime = factory.open(StateDirectory.at(Path.of(args[1])));
    BotContainerManager.Builder builder =
        BotContainerManager.builder(
            InterceptedRuntime.of(runtime, new Death(Integer.parseInt(args[5]))));
    if (!args[2].equals("-")) {
      builder.image(args[2]);
    }
    BotId bot = BotId.of(args[4]);
    try (BotContainerManager manager = builder.build()) {
      switch (args[3]) {
        case "start" -> manager.start(bot);
        case "stop" -> manager.stop(bot);
        case "delete" -> manager.delete(bot);
        case "deletePreserving" -> manager.deletePreserving(bot);
        default -> throw new IllegalArgumentException(args[3]);
      }
    }
  }

  /** Ends the JVM as kill -9 would: no shutdown hook, no finally. */
  private static final class Death implements InterceptedRuntime.Interceptor {
    private final int moment;
    private int now;

    private Death(int moment) {
      this.moment = moment;
    }

    @Override
    public void before(String call) {
      check(call);
    }

    @Override
    public void after(String call) {
      check(call);
    }

    private synchronized void check(String call) {
      // Looking changes nothing: only calls that change something are worth dying at.
      boolean looks =
          call.endsWith(".get")
              || call.endsWith(".logs")
              || call.endsWith(".list")
              || call.endsWith(".listByLabel")
              || call.endsWith(".orphaned");
      if (!looks && now++ == moment) {
        Runtime.getRuntime().halt(DIED);
      }
    }
  }
}
