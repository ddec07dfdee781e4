package dev.warren.internal.connection;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** {@code sha256:} and the hash of a SubjectPublicKeyInfo, in hex. Stateless. */
public final class KeyFingerprint {
  private KeyFingerprint() {}

  static String of(byte[] subjectPublicKeyInfo) {
    return "sha256:" + HexFormat.of().formatHex(sha256().digest(subjectPublicKeyInfo));
  }

  /** Compares in constant time. */
  static boolean matches(String expected, byte[] subjectPublicKeyInfo) {
    byte[] actual = of(subjectPublicKeyInfo).getBytes(US_ASCII);
    return MessageDigest.isEqual(expected.getBytes(US_ASCII), actual);
  }

  public static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every JVM has SHA-256", e);
    }
  }
}
