package dev.warren.internal.manager;

import dev.warren.BotId;
import dev.warren.SandboxException;
import dev.warren.spi.ContainerInfo;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** How a container is named and marked as ours. */
public final class Labels {
  /** Whose sandbox it is. */
  public static final String BOT = "dev.warren.bot";

  /** The manager it belongs to; containers of others are never touched. */
  public static final String MANAGER = "dev.warren.manager";

  /** {@code unix} or {@code tcp}. */
  public static final String TRANSPORT = "dev.warren.transport";

  private static final String PREFIX = "warren-";

  private Labels() {}

  public static String containerId(BotId bot) {
    return PREFIX + bot.value();
  }

  static Map<String, String> of(
      BotId bot, String manager, Transport transport, Map<String, String> own) {
    Map<String, String> labels = new LinkedHashMap<>(own);
    labels.put(BOT, bot.value());
    labels.put(MANAGER, manager);
    labels.put(TRANSPORT, transport.label());
    return labels;
  }

  /** The bot that a container of this name belongs to, if it belongs to one. */
  static Optional<BotId> botOf(String containerId) {
    if (!containerId.startsWith(PREFIX)) {
      return Optional.empty();
    }
    try {
      return Optional.of(BotId.of(containerId.substring(PREFIX.length())));
    } catch (SandboxException e) {
      return Optional.empty();
    }
  }

  /** The bot of a container of this manager; empty for a foreign one. */
  public static Optional<BotId> botOf(ContainerInfo container, String manager) {
    return botOf(container.id())
        .filter(bot -> bot.value().equals(container.labels().get(BOT)))
        .filter(bot -> manager.equals(container.labels().get(MANAGER)));
  }
}
