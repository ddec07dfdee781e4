package dev.warren.mcp.internal.http.modern;

import dev.warren.mcp.internal.http.budget.Caller;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicLong;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Makes and checks the state that a client echoes with its input. It names a held call and its
 * round, and is signed together with who may use it, so that nobody can make one, or use that of
 * somebody else. The key is drawn at start, because held calls do not survive one. Thread-safe.
 */
final class StateSigner {
  private static final String ALGORITHM = "HmacSHA256";

  private final SecretKeySpec key;
  private final AtomicLong lastNumber = new AtomicLong();

  StateSigner() {
    byte[] bytes = new byte[32];
    new SecureRandom().nextBytes(bytes);
    key = new SecretKeySpec(bytes, ALGORITHM);
  }

  /** A number for a held call, used once. */
  long nextNumber() {
    return lastNumber.incrementAndGet();
  }

  /** A state for a number, usable by one principal for one server only. */
  String sign(long number, Caller caller) {
    byte[] body = ByteBuffer.allocate(Long.BYTES).putLong(number).array();
    Base64.Encoder base64 = Base64.getUrlEncoder().withoutPadding();
    return base64.encodeToString(body) + "." + base64.encodeToString(mac(body, caller));
  }

  /** The number of a state; empty when it was not signed here for this caller. */
  OptionalLong verify(String state, Caller caller) {
    String[] parts = state.split("\\.", 2);
    if (parts.length != 2) {
      return OptionalLong.empty();
    }
    try {
      byte[] body = Base64.getUrlDecoder().decode(parts[0]);
      byte[] mac = Base64.getUrlDecoder().decode(parts[1]);
      return body.length == Long.BYTES && MessageDigest.isEqual(mac, mac(body, caller))
          ? OptionalLong.of(ByteBuffer.wrap(body).getLong())
          : OptionalLong.empty();
    } catch (IllegalArgumentException e) {
      return OptionalLong.empty();
    }
  }

  private byte[] mac(byte[] body, Caller caller) {
    try {
      Mac mac = Mac.getInstance(ALGORITHM);
      mac.init(key);
      mac.update(body);
      byte[] principal = caller.principal().getBytes(StandardCharsets.UTF_8);
      mac.update(ByteBuffer.allocate(Integer.BYTES).putInt(principal.length).array());
      mac.update(principal);
      mac.update(caller.server().getBytes(StandardCharsets.UTF_8));
      return mac.doFinal();
    } catch (GeneralSecurityException e) {
      throw new LinkageError("every Java has " + ALGORITHM, e);
    }
  }
}
