package dev.warren.testkit;

import dev.warren.ImageRef;
import dev.warren.SandboxException;
import dev.warren.SandboxException.Code;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** The registry that a {@link FakeSandboxRuntime} pulls from. Thread-safe. */
public final class FakeRegistry {
  private final Map<ImageRef, String> digests = new ConcurrentHashMap<>();
  private volatile boolean down;

  FakeRegistry() {}

  /**
   * Publishes an image, or moves its tag.
   *
   * @param content anything; the digest is made from it
   * @return the digest
   */
  public String publish(String reference, String content) {
    String digest = "sha256:" + sha256(content);
    digests.put(ImageRef.parse(reference), digest);
    return digest;
  }

  public void remove(String reference) {
    digests.remove(ImageRef.parse(reference));
  }

  /** Whether it answers; if not, pulls are {@code UNAVAILABLE}. */
  public void down(boolean value) {
    down = value;
  }

  String digest(ImageRef ref) {
    if (down) {
      throw error(Code.UNAVAILABLE, ref).detail("the registry does not answer").build();
    }
    String digest = digests.get(ref);
    if (digest == null) {
      throw error(Code.NOT_FOUND, ref)
          .detail("the fake registry has no such image")
          .remedy("publish it with FakeSandboxRuntime.registry().publish(…)")
          .build();
    }
    return digest;
  }

  private static SandboxException.Builder error(Code code, ImageRef ref) {
    return SandboxException.of(code, "pull image", ref.toString()).backend(FakeSandboxRuntime.NAME);
  }

  private static String sha256(String content) {
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-256").digest(content.getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(digest);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
