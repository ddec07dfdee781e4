package dev.warren.containerd;

import com.google.protobuf.Empty;
import dev.warren.containerd.internal.client.ContainerdClient;
import java.nio.charset.StandardCharsets;
import java.util.UUID;

/**
 * A short name for one namespace of one daemon. Addresses in use and the files of containers carry
 * it: on a host with several daemons the same id can exist more than once, and none may clear away
 * what belongs to another's.
 */
final class EngineOwner {
  private EngineOwner() {}

  static String name(ContainerdClient client, String namespace) {
    String daemon =
        client.call(
            "ask the engine's id",
            "",
            () -> client.stubs().introspection().server(Empty.getDefaultInstance()).getUuid());
    String whole = daemon + "/" + namespace;
    return UUID.nameUUIDFromBytes(whole.getBytes(StandardCharsets.UTF_8))
        .toString()
        .replace("-", "")
        .substring(0, 12);
  }
}
