package dev.warren.internal.connection;

import dev.warren.SandboxException;
import dev.warren.SandboxException.Code;
import dev.warren.StateDirectory;
import dev.warren.internal.disk.DurableFiles;
import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.util.HexFormat;

/**
 * The program that runs in sandboxes, as a file of the host: taken out of the artifact {@code
 * warren-bridge}, once per version, into a directory named by its digest. Thread-safe, also among
 * several JVMs.
 */
public final class BridgeBinary {
  private static final String OPERATION = "extract bridge";

  private final String resources;

  private BridgeBinary(String resources) {
    this.resources = resources;
  }

  /** The binary for this host; see {@link #extract(StateDirectory, String)}. */
  public static Path extract(StateDirectory state) {
    return extract(state, architecture(System.getProperty("os.arch")));
  }

  /**
   * The binary for an architecture, {@code amd64} or {@code arm64}. Anybody may read and run the
   * file, whatever user a sandbox runs as.
   *
   * @throws SandboxException {@code UNSUPPORTED} for another architecture, or when the artifact is
   *     not on the class path; {@code DATA_LOSS} when it is damaged; those of {@link
   *     StateDirectory#directory}
   */
  public static Path extract(StateDirectory state, String architecture) {
    return new BridgeBinary("/dev/warren/bridge/").file(state, architecture);
  }

  static Path extract(StateDirectory state, String architecture, String resources) {
    return new BridgeBinary(resources).file(state, architecture);
  }

  /** What Go and OCI call an architecture that Java names in its own way. */
  static String architecture(String javaName) {
    return switch (javaName) {
      case "amd64", "x86_64" -> "amd64";
      case "aarch64", "arm64" -> "arm64";
      default ->
          throw SandboxException.of(Code.UNSUPPORTED, OPERATION, javaName)
              .detail("there is no bridge for this architecture")
              .remedy("amd64 and arm64 are supported")
              .build();
    };
  }

  private Path file(StateDirectory state, String architecture) {
    String name = "linux-" + architecture(architecture);
    try {
      String digest;
      try (InputStream in = resource(name + ".sha256")) {
        digest = new String(in.readAllBytes(), StandardCharsets.US_ASCII).strip();
      }
      if (!digest.matches("[0-9a-f]{64}")) {
        throw damaged(name);
      }
      Path target = state.directory("bridge", digest).resolve("bridge");
      if (!isComplete(target, name)) {
        write(name, digest, target);
      }
      return target;
    } catch (IOException e) {
      throw SandboxException.of(Code.RESOURCE_EXHAUSTED, OPERATION, name)
          .detail("it cannot be written to the state directory")
          .cause(e)
          .build();
    }
  }

  private void write(String name, String digest, Path target) throws IOException {
    Path temporary = Files.createTempFile(target.getParent(), "bridge", ".tmp");
    try {
      MessageDigest sha256 = KeyFingerprint.sha256();
      try (InputStream in = new DigestInputStream(resource(name), sha256)) {
        Files.copy(in, temporary, StandardCopyOption.REPLACE_EXISTING);
      }
      if (!HexFormat.of().formatHex(sha256.digest()).equals(digest)) {
        throw damaged(name);
      }
      Files.setPosixFilePermissions(temporary, PosixFilePermissions.fromString("r-xr-xr-x"));
      DurableFiles.sync(temporary);
      Files.move(temporary, target, StandardCopyOption.ATOMIC_MOVE);
    } finally {
      Files.deleteIfExists(temporary);
    }
  }

  /** Files are put in place whole and verified; hashing them at each start would cost too much. */
  private boolean isComplete(Path target, String name) throws IOException {
    if (!Files.isExecutable(target)) {
      return false;
    }
    URL resource = BridgeBinary.class.getResource(resources + name);
    return resource != null
        && Files.size(target) == resource.openConnection().getContentLengthLong();
  }

  private InputStream resource(String name) {
    InputStream found = BridgeBinary.class.getResourceAsStream(resources + name);
    if (found == null) {
      throw SandboxException.of(Code.UNSUPPORTED, OPERATION, name)
          .detail("the class path holds no bridge for it")
          .remedy("add the artifact dev.warren:warren-bridge")
          .build();
    }
    return found;
  }

  private static SandboxException damaged(String name) {
    return SandboxException.of(Code.DATA_LOSS, OPERATION, name)
        .detail("what the artifact warren-bridge holds does not match its digest")
        .remedy("fetch the artifact again")
        .build();
  }
}
