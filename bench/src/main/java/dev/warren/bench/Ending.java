package dev.warren.bench;

import dev.warren.BotId;
import dev.warren.Network;
import dev.warren.Sandbox;
import java.io.IOException;
import java.util.List;

/** A way in which a sandbox comes to its end; when it is over, there is no trace of it. */
enum Ending {
  DELETED {
    @Override
    void end(Bots bots, BotId bot, Sandbox sandbox) {
      bots.delete(bot);
    }
  },
  STOPPED {
    @Override
    void end(Bots bots, BotId bot, Sandbox sandbox) {
      sandbox.stop();
      again(bots, bot);
    }
  },
  PRESERVED {
    @Override
    void end(Bots bots, BotId bot, Sandbox sandbox) {
      bots.deletePreserved(bot);
    }
  },
  KILLED {
    @Override
    void end(Bots bots, BotId bot, Sandbox sandbox) {
      kill(bots.pid(sandbox));
      bots.awaitEnd(sandbox);
      again(bots, bot);
    }
  },
  BRIDGE_KILLED {
    @Override
    void end(Bots bots, BotId bot, Sandbox sandbox) throws IOException {
      ProcessMemory.children(bots.pid(sandbox)).forEach(Ending::kill);
      bots.awaitEnd(sandbox);
      again(bots, bot);
    }
  };

  private static final List<Ending> ALL = List.of(values());

  static Ending of(int cycle) {
    return ALL.get(cycle % ALL.size());
  }

  abstract void end(Bots bots, BotId bot, Sandbox sandbox) throws IOException;

  private static void again(Bots bots, BotId bot) {
    bots.start(bot, Network.isolated()).exec("cat", "note.txt").orThrow();
    bots.delete(bot);
  }

  private static void kill(long pid) {
    ProcessHandle.of(pid).ifPresent(ProcessHandle::destroyForcibly);
  }
}
