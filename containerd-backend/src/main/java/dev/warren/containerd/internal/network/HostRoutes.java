package dev.warren.containerd.internal.network;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Reads addresses and routes from the kernel's tables, without a process and without rights. */
final class HostRoutes {
  private static final int REJECT = 0x200;
  private static final int UP = 1;

  private HostRoutes() {}

  /**
   * The addresses in the network namespace of a process, without loopback; empty where the process
   * cannot be seen.
   */
  static List<String> addressesOf(Path proc, long pid) {
    return addresses(lines(proc.resolve(Long.toString(pid)).resolve("net/fib_trie")));
  }

  static List<String> addresses(List<String> trie) {
    List<String> found = new ArrayList<>();
    String last = "";
    for (String line : trie) {
      String text = line.strip();
      if (text.startsWith("|-- ")) {
        last = text.substring("|-- ".length());
      } else if (text.equals("/32 host LOCAL")
          && !last.startsWith("127.")
          && !found.contains(last)) {
        found.add(last);
      }
    }
    return found;
  }

  /** Whether this host would send to the address by an interface, not by its default route. */
  static boolean reaches(Path proc, String address) {
    return reaches(lines(proc.resolve("net/route")), address);
  }

  static boolean reaches(List<String> table, String address) {
    long wanted = number(address);
    long best = -1;
    boolean good = false;
    for (String line : table.subList(Math.min(1, table.size()), table.size())) {
      String[] fields = line.strip().split("\\s+", -1);
      if (fields.length < 8) {
        continue;
      }
      long destination = reversed(fields[1]);
      long mask = reversed(fields[7]);
      int flags = Integer.parseInt(fields[3], 16);
      boolean matches = mask != 0 && (wanted & mask) == destination;
      // Entries come sorted by their metric, so the first of a length is the one that counts.
      if (matches && mask > best) {
        best = mask;
        good = (flags & UP) != 0 && (flags & REJECT) == 0;
      }
    }
    return good;
  }

  private static long number(String address) {
    long value = 0;
    for (String octet : address.split("\\.", -1)) {
      value = (value << 8) | Integer.parseInt(octet);
    }
    return value;
  }

  /** The table has numbers in the byte order of the machine, which is little on all of ours. */
  private static long reversed(String hex) {
    return Integer.toUnsignedLong(Integer.reverseBytes(Integer.parseUnsignedInt(hex, 16)));
  }

  private static List<String> lines(Path file) {
    try {
      return Files.readAllLines(file, StandardCharsets.US_ASCII);
    } catch (IOException e) {
      return List.of();
    }
  }
}
