package dev.warren.doctor.internal;

import dev.warren.Finding;
import dev.warren.Finding.Severity;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Engine sockets at the usual places: whoever may write to one is root. */
final class SocketsCheck implements Check {
  private final Host host;

  SocketsCheck(Host host) {
    this.host = host;
  }

  @Override
  public String subject() {
    return "sockets";
  }

  @Override
  public List<Finding> look() {
    Map<String, String> sockets = new LinkedHashMap<>();
    sockets.put("containerd", "/run/containerd/containerd.sock");
    sockets.put("docker", "/run/docker.sock");
    sockets.put("podman", "/run/podman/podman.sock");
    List<Finding> findings = new ArrayList<>();
    sockets.forEach(
        (engine, path) -> {
          // Below a directory that is closed to this process, a socket cannot be told from none.
          if (host.exists(path)) {
            findings.add(socket("sockets." + engine, path));
          }
        });
    return findings.isEmpty()
        ? List.of(
            Finding.of(
                "sockets.none", Severity.INFO, "no engine's socket is to be seen at a usual place"))
        : findings;
  }

  private Finding socket(String id, String path) {
    Path socket = host.path(path);
    try {
      if (Files.getPosixFilePermissions(socket).contains(PosixFilePermission.OTHERS_WRITE)
          && open(socket.getParent())) {
        return Finding.of(id, Severity.FAIL, "any program of this host may use " + path)
            .withRemedy("take the right to write from others: it makes every program root");
      }
    } catch (IOException | UnsupportedOperationException e) {
      return Finding.of(id, Severity.UNKNOWN, "who may use " + path + " cannot be seen");
    }
    return Files.isWritable(socket)
        ? Finding.of(id, Severity.OK, "this process may use " + path)
        : Finding.of(id, Severity.INFO, "this process may not use " + path)
            .withRemedy("where Warren shall use it, run as root or join the group that owns it");
  }

  private static boolean open(Path directory) throws IOException {
    return Files.getPosixFilePermissions(directory).contains(PosixFilePermission.OTHERS_EXECUTE);
  }
}
