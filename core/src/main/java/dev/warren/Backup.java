package dev.warren;

import java.time.Instant;

/**
 * A preserved copy of a bot's data, kept in the state directory.
 *
 * @param name unique among the bot's backups
 * @param bytes size of the compressed archive
 */
public record Backup(BotId bot, String name, Instant created, long bytes) {}
