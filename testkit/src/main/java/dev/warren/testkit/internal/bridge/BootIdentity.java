package dev.warren.testkit.internal.bridge;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.MessageDigest;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.util.HexFormat;

/**
 * The key that a bridge draws at boot, with the instance it stands for. The certificate only
 * carries the key through TLS: it is signed by itself, and the client pins the key. The JDK makes
 * no certificates, so the one fixed form that is needed is written out here (RFC 5280).
 */
final class BootIdentity {
  private static final HexFormat HEX = HexFormat.of();
  private static final byte[] ECDSA_WITH_SHA256 = HEX.parseHex("300a06082a8648ce3d040302");

  /** CN=warren-bridge. */
  private static final byte[] NAME =
      der(
          0x30,
          der(0x31, der(0x30, HEX.parseHex("0603550403"), der(0x0C, bytes("warren-bridge")))));

  /** 2020 to 2049: nobody looks at it. */
  private static final byte[] VALIDITY =
      der(0x30, der(0x17, bytes("200101000000Z")), der(0x17, bytes("491231235959Z")));

  private final KeyPair key;
  private final X509Certificate certificate;
  private final String instance;

  BootIdentity() throws GeneralSecurityException {
    SecureRandom random = new SecureRandom();
    KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
    generator.initialize(new ECGenParameterSpec("secp256r1"), random);
    this.key = generator.generateKeyPair();
    this.certificate = selfSigned();
    byte[] drawn = new byte[16];
    random.nextBytes(drawn);
    this.instance = HEX.formatHex(drawn);
  }

  PrivateKey privateKey() {
    return key.getPrivate();
  }

  byte[] publicKey() {
    return key.getPublic().getEncoded();
  }

  X509Certificate certificate() {
    return certificate;
  }

  String instance() {
    return instance;
  }

  String fingerprint() throws GeneralSecurityException {
    return "sha256:"
        + HEX.formatHex(MessageDigest.getInstance("SHA-256").digest(key.getPublic().getEncoded()));
  }

  byte[] signHello(String sandbox, String shownInstance, byte[] nonce)
      throws GeneralSecurityException {
    ByteArrayOutputStream text = new ByteArrayOutputStream();
    text.writeBytes(bytes("warren-hello-v1\0" + sandbox + "\0" + shownInstance + "\0"));
    text.writeBytes(nonce);
    return sign(text.toByteArray());
  }

  private byte[] sign(byte[] text) throws GeneralSecurityException {
    Signature signature = Signature.getInstance("SHA256withECDSA");
    signature.initSign(key.getPrivate());
    signature.update(text);
    return signature.sign();
  }

  private X509Certificate selfSigned() throws GeneralSecurityException {
    byte[] version = HEX.parseHex("a003020102");
    byte[] serial = HEX.parseHex("020101");
    byte[] spki = key.getPublic().getEncoded();
    byte[] body = der(0x30, version, serial, ECDSA_WITH_SHA256, NAME, VALIDITY, NAME, spki);
    byte[] encoded = der(0x30, body, ECDSA_WITH_SHA256, der(0x03, new byte[] {0}, sign(body)));
    return (X509Certificate)
        CertificateFactory.getInstance("X.509")
            .generateCertificate(new ByteArrayInputStream(encoded));
  }

  private static byte[] bytes(String text) {
    return text.getBytes(UTF_8);
  }

  private static byte[] der(int tag, byte[]... parts) {
    ByteArrayOutputStream content = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      content.writeBytes(part);
    }
    int length = content.size();
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.write(tag);
    if (length >= 0x100) {
      out.write(0x82);
      out.write(length >> 8);
    } else if (length >= 0x80) {
      out.write(0x81);
    }
    out.write(length);
    out.writeBytes(content.toByteArray());
    return out.toByteArray();
  }
}
