package dev.warren.containerd.internal.files;

import dev.warren.Network;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The name servers of a sandbox: those asked for; else the host's, without those on its loopback,
 * which in a sandbox would be the sandbox. Without a way out there are none unless asked for: a
 * program then fails at once instead of waiting for answers that cannot come.
 */
public final class ResolvConf {
  private static final int MAX_SERVERS = 3;

  private final List<Path> sources;

  private ResolvConf(List<Path> sources) {
    this.sources = sources;
  }

  public static ResolvConf ofThisHost() {
    return from(
        // A host with a local resolver has the real servers here.
        Path.of("/run/systemd/resolve/resolv.conf"), Path.of("/etc/resolv.conf"));
  }

  static ResolvConf from(Path... sources) {
    return new ResolvConf(List.of(sources));
  }

  String text(List<String> asked, Network network) {
    StringBuilder text = new StringBuilder("# written by Warren at each start\n");
    if (!asked.isEmpty()) {
      asked.forEach(server -> text.append("nameserver ").append(server).append('\n'));
    } else if (network instanceof Network.Egress) {
      hostLines().forEach(line -> text.append(line).append('\n'));
    }
    return text.toString();
  }

  private List<String> hostLines() {
    for (Path source : sources) {
      List<String> lines = usable(source);
      if (lines.stream().anyMatch(line -> line.startsWith("nameserver"))) {
        return lines;
      }
    }
    return List.of();
  }

  private static List<String> usable(Path source) {
    List<String> kept = new ArrayList<>();
    try {
      int servers = 0;
      for (String raw : Files.readAllLines(source, StandardCharsets.UTF_8)) {
        String[] words = raw.strip().split("\\s+", -1);
        boolean server = words[0].equals("nameserver") && words.length > 1;
        if (server && !isLoopback(words[1]) && servers < MAX_SERVERS) {
          kept.add("nameserver " + words[1]);
          servers++;
        } else if (words[0].equals("search") || words[0].equals("options")) {
          kept.add(String.join(" ", words));
        }
      }
    } catch (IOException e) {
      return List.of();
    }
    return kept;
  }

  private static boolean isLoopback(String server) {
    String address = server.contains("%") ? "fe80::" : server;
    return address.startsWith("127.")
        || address.equals("::1")
        || address.equals("0.0.0.0")
        || address.startsWith("fe80:");
  }
}
