package dev.warren.internal.connection;

import dev.warren.SandboxAddress.UnixSocket;
import dev.warren.SandboxException;
import dev.warren.SandboxException.Code;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import jnr.unixsocket.UnixSocketAddress;
import jnr.unixsocket.UnixSocketChannel;
import jnr.unixsocket.UnixSocketOptions;
import org.jspecify.annotations.Nullable;

/**
 * Finds out who listens on a sandbox's unix socket. The workload may be root in the sandbox and may
 * put another socket, or a link, in its place; so the listener must be a process that runs our
 * binary inside the sandbox's cgroup. Thread-safe.
 *
 * <p>The check needs a connection of its own, because only jnr-unixsocket tells the listener's pid.
 * That it was the same socket to which gRPC then connected is seen from the socket's change time:
 * no one can put a file aside and back without moving it.
 */
final class ListenerCheck {
  private static final String OPERATION = "connect to";
  private static final String USE_TCP =
      "let the manager reach sandboxes over TCP, which needs no look at processes";

  private final NativeSockets nativeSockets;

  ListenerCheck(NativeSockets nativeSockets) {
    this.nativeSockets = nativeSockets;
  }

  /**
   * Returns once the right process listens.
   *
   * @param pinned whether the bridge's key is known, and proves what cannot be seen here
   * @throws NotReadyException when nobody listens yet
   * @throws SandboxException {@code PERMISSION_DENIED} when somebody else listens; {@code
   *     UNSUPPORTED} when that cannot be found out from here
   */
  ProcFiles.SocketFile check(UnixSocket address, String sandboxId, boolean pinned)
      throws NotReadyException {
    ProcFiles.SocketFile socket = look(address.path(), sandboxId);
    nativeSockets.require(OPERATION, sandboxId);
    long pid = listener(address.path(), sandboxId);
    if (pid <= 0 || address.taskPid() <= 0) {
      throw SandboxException.of(Code.UNSUPPORTED, OPERATION, sandboxId)
          .detail("the processes of the sandbox cannot be seen from here")
          .remedy(USE_TCP)
          .build();
    }
    verify(pid, address, sandboxId, pinned);
    return socket;
  }

  /** Makes sure that nobody touched the socket since {@link #check}. */
  void unchanged(UnixSocket address, ProcFiles.SocketFile before, String sandboxId)
      throws NotReadyException {
    if (!look(address.path(), sandboxId).equals(before)) {
      throw notReady(sandboxId, "the sandbox's socket was replaced meanwhile", null, true);
    }
  }

  private static ProcFiles.SocketFile look(Path path, String sandboxId) throws NotReadyException {
    try {
      return ProcFiles.socket(path);
    } catch (NoSuchFileException e) {
      throw notReady(sandboxId, "the bridge does not listen yet", null, false);
    } catch (ProcFiles.NoSocketException e) {
      throw denied(
          sandboxId, "something that is no socket is in the place of the sandbox's socket");
    } catch (AccessDeniedException e) {
      throw denied(
          sandboxId, "the sandbox's socket is out of reach with the rights of this process");
    } catch (IOException e) {
      throw notReady(sandboxId, "the sandbox's socket cannot be looked at", e, false);
    }
  }

  private static long listener(Path path, String sandboxId) throws NotReadyException {
    try (UnixSocketChannel probe = UnixSocketChannel.create()) {
      probe.configureBlocking(false); // else a full backlog would hold us up
      if (!probe.connect(new UnixSocketAddress(path.toFile()))) {
        throw notReady(sandboxId, "the bridge does not accept connections", null, false);
      }
      return probe.getOption(UnixSocketOptions.SO_PEERCRED).getPid();
    } catch (IOException e) {
      throw notReady(sandboxId, "the bridge does not accept connections", e, false);
    }
  }

  private static void verify(long pid, UnixSocket address, String sandboxId, boolean pinned)
      throws NotReadyException {
    try {
      ProcFiles.ProcessId before = ProcFiles.process(pid);
      boolean ours = runsBridge(before, address, sandboxId, pinned);
      boolean inside = ProcFiles.cgroup(pid).equals(ProcFiles.cgroup(address.taskPid()));
      if (!ProcFiles.process(pid).equals(before)) {
        throw notReady(sandboxId, "the bridge was replaced meanwhile", null, false);
      }
      if (!ours || !inside) {
        throw denied(sandboxId, "somebody else listens on the sandbox's socket");
      }
    } catch (NoSuchFileException e) {
      throw notReady(sandboxId, "the bridge ended meanwhile", e, false);
    } catch (IOException e) {
      throw unsupported(sandboxId, e);
    }
  }

  private static boolean runsBridge(
      ProcFiles.ProcessId listener, UnixSocket address, String sandboxId, boolean pinned)
      throws IOException {
    try {
      return ProcFiles.fileId(ProcFiles.exe(listener.pid()))
          .equals(ProcFiles.fileId(address.bridge()));
    } catch (AccessDeniedException e) {
      // The bridge is not dumpable, so only a privileged host application may look. Without
      // privileges there is no isolation either (process runtime); the pinned key then has to do.
      if (!pinned) {
        throw unsupported(sandboxId, e);
      }
      return listener.pid() == address.taskPid() || listener.parent() == address.taskPid();
    }
  }

  private static SandboxException unsupported(String sandboxId, IOException cause) {
    return SandboxException.of(Code.UNSUPPORTED, OPERATION, sandboxId)
        .detail("this process may not see which program listens on the sandbox's socket")
        .remedy(USE_TCP)
        .cause(cause)
        .build();
  }

  private static SandboxException denied(String sandboxId, String detail) {
    return SandboxException.of(Code.PERMISSION_DENIED, OPERATION, sandboxId).detail(detail).build();
  }

  private static NotReadyException notReady(
      String sandboxId, String detail, @Nullable IOException cause, boolean refusal) {
    return new NotReadyException(
        SandboxException.of(Code.UNAVAILABLE, OPERATION, sandboxId)
            .detail(detail)
            .cause(cause)
            .build(),
        refusal);
  }
}
