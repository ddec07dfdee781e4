package dev.warren.containerd.internal.manifest;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.regex.Pattern;

/** Digests as images write them: {@code sha256:} and 64 hex digits. */
public final class Sha256 {
  private static final Pattern FORM = Pattern.compile("sha256:[a-f0-9]{64}");

  private Sha256() {}

  /** The digest of bytes. */
  public static String of(byte[] bytes) {
    MessageDigest digest = running();
    digest.update(bytes);
    return of(digest);
  }

  /** Begins the digest of a stream. */
  public static MessageDigest running() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }

  /** Ends the digest of a stream. */
  public static String of(MessageDigest running) {
    return "sha256:" + HexFormat.of().formatHex(running.digest());
  }

  /** The digest of a text in UTF-8. */
  public static String of(String text) {
    return of(text.getBytes(StandardCharsets.UTF_8));
  }

  /** Whether the text has the form of a digest. */
  public static boolean isDigest(String text) {
    return FORM.matcher(text).matches();
  }

  /** The first twelve hex digits, as people are shown. */
  public static String brief(String digest) {
    int start = digest.indexOf(':') + 1;
    return digest.substring(start, Math.min(digest.length(), start + 12));
  }
}
