package dev.warren.docker.internal.client;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import jnr.unixsocket.UnixSocketAddress;
import jnr.unixsocket.UnixSocketChannel;
import jnr.unixsocket.UnixSocketOptions;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds out, without changing anything, whether an engine shares this process's files and process
 * ids. All of these have to hold:
 *
 * <ul>
 *   <li>it is reached over a unix socket, and the kernel tells a pid of who listens: a listener in
 *       another pid namespace has none;
 *   <li>that process is an engine, or the init that holds an engine's socket for it, and not
 *       something that forwards to another host;
 *   <li>it is in the mount namespace of this process, where that can be seen (by root, and for
 *       processes of the same user);
 *   <li>the engine's host has the name and the kernel of this one, and its data directory is a
 *       directory here, where that can be seen.
 * </ul>
 */
public final class HostSharing {
  private static final Logger log = LoggerFactory.getLogger(HostSharing.class);

  /** As the kernel cuts them: names of processes have 15 characters. */
  private static final Set<String> LISTENERS =
      Set.of("dockerd", "podman", "systemd", "init", "docker", "dockerd-rootles");

  private final Path proc;

  HostSharing(Path proc) {
    this.proc = proc;
  }

  public static HostSharing ofThisHost() {
    return new HostSharing(Path.of("/proc"));
  }

  /** Whether paths and pids of the engine are those of this process. */
  public boolean with(Endpoint endpoint, EngineFacts facts) {
    if (!endpoint.isUnix()) {
      return false;
    }
    int pid = listener(endpoint.socket());
    boolean shared = pid > 0 && isEngine(pid) && sameMounts(pid) && sameHost(facts);
    log.debug("the engine's listener is process {}; shared host: {}", pid, shared);
    return shared;
  }

  private static int listener(Path socket) {
    try (UnixSocketChannel channel =
        UnixSocketChannel.open(new UnixSocketAddress(socket.toFile()))) {
      return channel.getOption(UnixSocketOptions.SO_PEERCRED).getPid();
    } catch (IOException e) {
      log.debug("it cannot be told who listens on the engine's socket", e);
      return 0;
    }
  }

  boolean isEngine(int pid) {
    return LISTENERS.contains(text(proc.resolve(Integer.toString(pid)).resolve("comm")));
  }

  boolean sameMounts(int pid) {
    Path own = proc.resolve("self/ns/mnt");
    Path theirs = proc.resolve(Integer.toString(pid)).resolve("ns/mnt");
    try {
      return Files.readSymbolicLink(own).equals(Files.readSymbolicLink(theirs));
    } catch (java.nio.file.AccessDeniedException e) {
      return true; // not ours to see; the other signs have to do
    } catch (IOException e) {
      return false;
    }
  }

  boolean sameHost(EngineFacts facts) {
    boolean named =
        facts.hostName().equals(text(proc.resolve("sys/kernel/hostname")))
            && facts.kernel().equals(text(proc.resolve("sys/kernel/osrelease")));
    return named && facts.dataDirectory().map(Path::of).filter(HostSharing::isMissing).isEmpty();
  }

  /** What lies in a directory that is closed to this user cannot be seen, so it may be there. */
  private static boolean isMissing(Path directory) {
    return Files.notExists(directory);
  }

  private static String text(Path file) {
    try {
      return Files.readString(file).strip();
    } catch (IOException e) {
      return "";
    }
  }
}
