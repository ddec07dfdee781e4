package dev.warren.internal.manager;

import dev.warren.BotId;
import dev.warren.ExecRequest;
import dev.warren.ExecResult;
import dev.warren.Sandbox;
import dev.warren.SandboxAddress;
import dev.warren.SandboxException;
import dev.warren.SandboxException.Code;
import dev.warren.SandboxFiles;
import dev.warren.SandboxInfo;
import dev.warren.SandboxProcesses;
import dev.warren.internal.connection.BridgeLinks;
import dev.warren.internal.connection.ConnectionSource;
import dev.warren.internal.exec.BridgeProcesses;
import dev.warren.internal.files.BridgeFiles;

/** The view of one bot's sandbox: its bridge for the work, the engine for its state. */
public final class BotSandbox implements Sandbox {
  private final BotId bot;
  private final OwnContainers containers;
  private final SandboxLifecycle lifecycle;
  private final BridgeLinks links;
  private final OpenCheck open;
  private final SandboxFiles files;
  private final SandboxProcesses processes;

  public BotSandbox(
      BotId bot,
      OwnContainers containers,
      SandboxLifecycle lifecycle,
      BridgeLinks links,
      OpenCheck open) {
    this.bot = bot;
    this.containers = containers;
    this.lifecycle = lifecycle;
    this.links = links;
    this.open = open;
    ConnectionSource connection = links.source(bot);
    this.files = new BridgeFiles(connection, bot.value());
    this.processes = new BridgeProcesses(connection, bot.value());
  }

  @Override
  public BotId bot() {
    return bot;
  }

  @Override
  public SandboxFiles files() {
    return files;
  }

  @Override
  public SandboxProcesses processes() {
    return processes;
  }

  @Override
  public ExecResult exec(String... argv) {
    return processes.exec(ExecRequest.of(argv));
  }

  @Override
  public ExecResult exec(ExecRequest request) {
    return processes.exec(request);
  }

  @Override
  public SandboxAddress address() {
    open.require("reach", bot.value());
    return links.address(bot);
  }

  @Override
  public SandboxInfo info() {
    open.require("find", bot.value());
    return containers
        .find("find", bot)
        .map(container -> containers.info(bot, container))
        .orElseThrow(
            () ->
                SandboxException.of(Code.NOT_FOUND, "find sandbox of", bot.value())
                    .detail("it has none")
                    .build());
  }

  @Override
  public void stop() {
    lifecycle.stop(bot);
  }

  @Override
  public String toString() {
    return "Sandbox[" + bot + "]";
  }
}
