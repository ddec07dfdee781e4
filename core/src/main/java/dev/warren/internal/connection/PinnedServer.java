package dev.warren.internal.connection;

import java.net.Socket;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedTrustManager;

/**
 * Trusts one server key, known by its fingerprint. Names and dates of the certificate do not
 * matter: it is self-signed, and the key is new at each boot of the bridge. Thread-safe.
 */
final class PinnedServer extends X509ExtendedTrustManager {
  private final String fingerprint;

  PinnedServer(String fingerprint) {
    this.fingerprint = fingerprint;
  }

  private void check(X509Certificate[] chain) throws CertificateException {
    if (chain.length == 0
        || !KeyFingerprint.matches(fingerprint, chain[0].getPublicKey().getEncoded())) {
      throw new MismatchException();
    }
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String authType)
      throws CertificateException {
    check(chain);
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String authType, Socket socket)
      throws CertificateException {
    check(chain);
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
      throws CertificateException {
    check(chain);
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String authType)
      throws CertificateException {
    throw new CertificateException("no server");
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String authType, Socket socket)
      throws CertificateException {
    throw new CertificateException("no server");
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
      throws CertificateException {
    throw new CertificateException("no server");
  }

  @Override
  public X509Certificate[] getAcceptedIssuers() {
    return new X509Certificate[0];
  }

  /** The server holds another key. */
  static final class MismatchException extends CertificateException {
    private static final long serialVersionUID = 1L;

    MismatchException() {
      super("the server's key is not the one that is pinned");
    }
  }
}
