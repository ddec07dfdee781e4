package dev.warren.internal.manager;

import dev.warren.BotId;
import dev.warren.ReconcileReport;
import dev.warren.ReconcileReport.Outcome;
import dev.warren.SandboxException;
import dev.warren.SandboxException.Code;
import dev.warren.internal.connection.BridgeLinks;
import dev.warren.internal.connection.ConnectionSource;
import dev.warren.spi.SandboxRuntime;
import dev.warren.spi.TaskInfo;
import dev.warren.spi.Tasks.StopOptions;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Brings what an earlier run of the host application left behind into order. Thread-safe. */
public final class Reconciler {
  private static final Logger log = LoggerFactory.getLogger(Reconciler.class);

  private final SandboxRuntime runtime;
  private final SandboxLayout layout;
  private final OwnContainers containers;
  private final BridgeLinks links;
  private final BotLocks locks;

  public Reconciler(
      SandboxRuntime runtime,
      SandboxLayout layout,
      OwnContainers containers,
      BridgeLinks links,
      BotLocks locks) {
    this.runtime = runtime;
    this.layout = layout;
    this.containers = containers;
    this.links = links;
    this.locks = locks;
  }

  public ReconcileReport run() {
    Map<BotId, Outcome> outcomes = new LinkedHashMap<>();
    containers.all().keySet().forEach(bot -> outcomes.put(bot, one(bot)));
    List<String> orphans = runtime.snapshots().map(s -> s.orphaned()).orElse(List.of());
    layout.purge();
    return new ReconcileReport(outcomes, orphans);
  }

  private Outcome one(BotId bot) {
    String id = Labels.containerId(bot);
    try (BotLocks.Lock lock = locks.acquire("reconcile", bot)) {
      Optional<TaskInfo> task = runtime.tasks().get(id);
      if (task.filter(TaskInfo::running).isEmpty()) {
        links.forget(bot);
        return Outcome.STOPPED;
      }
      return adopt(bot, id);
    } catch (SandboxException e) {
      if (e.code() == Code.CANCELLED || e.code() == Code.CLOSED) {
        throw e;
      }
      log.warn("The sandbox of bot {} could not be reconciled: {}", bot, e.getMessage());
      return Outcome.FAILED;
    }
  }

  private Outcome adopt(BotId bot, String id) {
    try (ConnectionSource.Lease lease = links.lease("reconcile", bot)) {
      log.debug("Bot {} is served by bridge instance {}", bot, lease.connection().instance());
      return Outcome.ADOPTED;
    } catch (SandboxException e) {
      if (e.code() == Code.CANCELLED || e.code() == Code.CLOSED) {
        throw e;
      }
      log.warn("The sandbox of bot {} runs but cannot be reached, it is stopped", bot, e);
      links.forget(bot);
      runtime.tasks().stop(id, StopOptions.kill());
      return Outcome.REPAIRED;
    }
  }
}
