package dev.warren.testkit.internal.fake;

import dev.warren.testkit.FakeCommand;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** The programs of the fake's images, by their file name. Thread-safe. */
public final class CommandTable {
  private final Map<String, FakeCommand> commands = new ConcurrentHashMap<>();

  CommandTable() {
    commands.putAll(BuiltIns.all());
    commands.put("sh", new MiniShell(this));
  }

  void register(String name, FakeCommand command) {
    commands.put(name, command);
  }

  /** The program for the first word of a command, which may be a path. */
  public Optional<FakeCommand> find(String word) {
    return Optional.ofNullable(commands.get(word.substring(word.lastIndexOf('/') + 1)));
  }
}
