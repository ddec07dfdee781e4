package dev.warren.internal.connection;

import java.io.ByteArrayInputStream;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;

/**
 * Makes the two kinds of certificates a host needs: its client CA and, signed by it, the client's
 * own. The JDK can make keys and signatures but no certificates; what is missing is their encoding
 * (RFC 5280), which is fixed and small. Thread-safe.
 */
final class Certificates {
  /** Clocks of host and sandbox may differ. */
  private static final Duration BACKDATED = Duration.ofHours(1);

  private static final byte[] ECDSA_WITH_SHA256 = Der.sequence(Der.oid(1, 2, 840, 10045, 4, 3, 2));
  private static final byte[] COMMON_NAME = Der.oid(2, 5, 4, 3);
  private static final byte[] BASIC_CONSTRAINTS = Der.oid(2, 5, 29, 19);
  private static final byte[] KEY_USAGE = Der.oid(2, 5, 29, 15);
  private static final byte[] EXTENDED_KEY_USAGE = Der.oid(2, 5, 29, 37);
  private static final byte[] CLIENT_AUTH = Der.oid(1, 3, 6, 1, 5, 5, 7, 3, 2);

  private final SecureRandom random = new SecureRandom();

  KeyPair newKey() throws GeneralSecurityException {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
    generator.initialize(new ECGenParameterSpec("secp256r1"), random);
    return generator.generateKeyPair();
  }

  X509Certificate authority(String name, KeyPair key, Instant now, Duration life)
      throws GeneralSecurityException {
    byte[] extensions =
        Der.sequence(
            critical(BASIC_CONSTRAINTS, Der.sequence(Der.bool(true))),
            critical(KEY_USAGE, Der.bits(1, new byte[] {0x06}))); // signs certificates and CRLs
    return make(name, key, name, key, extensions, now, now.plus(life));
  }

  X509Certificate client(
      String name, KeyPair key, String issuer, KeyPair issuerKey, Instant now, Instant end)
      throws GeneralSecurityException {
    byte[] extensions =
        Der.sequence(
            critical(BASIC_CONSTRAINTS, Der.sequence()),
            critical(KEY_USAGE, Der.bits(7, new byte[] {(byte) 0x80})), // signs handshakes
            critical(EXTENDED_KEY_USAGE, Der.sequence(CLIENT_AUTH)));
    return make(name, key, issuer, issuerKey, extensions, now, end);
  }

  private X509Certificate make(
      String name,
      KeyPair key,
      String issuer,
      KeyPair issuerKey,
      byte[] extensions,
      Instant now,
      Instant end)
      throws GeneralSecurityException {
    byte[] body =
        Der.sequence(
            Der.tagged(0, Der.integer(BigInteger.TWO)), // version 3
            Der.integer(new BigInteger(127, random).add(BigInteger.ONE)),
            ECDSA_WITH_SHA256,
            name(issuer),
            Der.sequence(Der.time(now.minus(BACKDATED)), Der.time(end)),
            name(name),
            key.getPublic().getEncoded(),
            Der.tagged(3, extensions));
    Signature signature = Signature.getInstance("SHA256withECDSA");
    signature.initSign(issuerKey.getPrivate(), random);
    signature.update(body);
    byte[] encoded = Der.sequence(body, ECDSA_WITH_SHA256, Der.bits(0, signature.sign()));
    return (X509Certificate)
        CertificateFactory.getInstance("X.509")
            .generateCertificate(new ByteArrayInputStream(encoded));
  }

  private static byte[] name(String commonName) {
    return Der.sequence(Der.set(Der.sequence(COMMON_NAME, Der.utf8(commonName))));
  }

  private static byte[] critical(byte[] oid, byte[] value) {
    return Der.sequence(oid, Der.bool(true), Der.octets(value));
  }
}
