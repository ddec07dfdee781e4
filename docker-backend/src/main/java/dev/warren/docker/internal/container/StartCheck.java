package dev.warren.docker.internal.container;

import com.github.dockerjava.api.command.InspectContainerResponse;
import com.github.dockerjava.api.model.Mount;
import com.github.dockerjava.api.model.MountType;
import dev.warren.SandboxException;
import dev.warren.SandboxException.Code;
import dev.warren.docker.internal.client.DockerErrors;
import dev.warren.spi.HostPaths;
import java.nio.file.Path;
import java.util.List;

/**
 * Looks at the sources of binds again before each start: the engine follows links at that moment,
 * and one may have been put there since the container was made. Thread-safe.
 */
public final class StartCheck {
  private static final String OPERATION = "start";
  private static final String ZONE_TARGET = "/etc/localtime";

  private final HostPaths paths;

  public StartCheck(HostPaths paths) {
    this.paths = paths;
  }

  /**
   * @throws SandboxException {@code PERMISSION_DENIED}, {@code NOT_FOUND} for a source, {@code
   *     CONFLICT} when it leads elsewhere now
   */
  public void check(String id, InspectContainerResponse container) {
    List<Mount> mounts =
        container.getHostConfig() == null ? null : container.getHostConfig().getMounts();
    if (mounts == null) {
      return;
    }
    for (Mount mount : mounts) {
      if (mount.getType() == MountType.BIND
          && mount.getSource() != null
          && mount.getTarget() != null
          && !mount.getTarget().equals(ZONE_TARGET)) {
        same(id, Path.of(mount.getSource()), mount);
      }
    }
  }

  private void same(String id, Path source, Mount mount) {
    boolean readOnly = Boolean.TRUE.equals(mount.getReadOnly());
    Path now = paths.resolve(new dev.warren.Mount.Bind(source, mount.getTarget(), readOnly));
    if (!now.equals(source)) {
      throw DockerErrors.error(Code.CONFLICT, OPERATION, id)
          .detail("the host path mounted at " + mount.getTarget() + " is a link now")
          .remedy("put the directory back, or make the container again")
          .build();
    }
  }
}
