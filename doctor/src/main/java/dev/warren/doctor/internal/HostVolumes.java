package dev.warren.doctor.internal;

import java.io.IOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The file systems of this host. Bytes come from the JDK; inodes it does not know, stat does. */
final class HostVolumes implements Volumes {
  private static final Pattern INODES = Pattern.compile("(\\d{1,18}) (\\d{1,18})");

  private final Host host;

  HostVolumes(Host host) {
    this.host = host;
  }

  @Override
  public Optional<Volume> of(Path directory) {
    try {
      FileStore store = Files.getFileStore(directory);
      return Optional.of(
          new Volume(store.getUsableSpace(), store.getTotalSpace(), inodes(directory)));
    } catch (IOException | SecurityException e) {
      return Optional.empty();
    }
  }

  private Optional<Inodes> inodes(Path directory) {
    return host.outputIn(directory, "stat", "-f", "-c", "%d %c", ".")
        .map(text -> INODES.matcher(text.strip()))
        .filter(Matcher::matches)
        .map(found -> new Inodes(Long.parseLong(found.group(1)), Long.parseLong(found.group(2))));
  }
}
