package dev.warren.docker.internal.client;

import com.github.dockerjava.transport.SSLConfig;
import dev.warren.SandboxException;
import dev.warren.SandboxException.Code;
import dev.warren.docker.internal.client.Endpoint.TlsFiles;
import java.io.IOException;
import java.io.InputStream;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.util.Collection;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.openssl.PEMKeyPair;
import org.bouncycastle.openssl.PEMParser;
import org.bouncycastle.openssl.jcajce.JcaPEMKeyConverter;

/**
 * TLS with the files of a user: only their authority is trusted, and the engine's name is checked.
 * The library's own reader would register a security provider for the whole JVM.
 */
final class TlsContext implements SSLConfig {
  private static final String OPERATION = "open runtime";

  private final SSLContext context;

  private TlsContext(SSLContext context) {
    this.context = context;
  }

  /**
   * @throws SandboxException {@code INVALID_ARGUMENT}, {@code PERMISSION_DENIED} for the files
   */
  static TlsContext of(TlsFiles files) {
    char[] none = new char[0];
    try {
      KeyStore trusted = empty();
      int number = 0;
      for (Certificate authority : certificates(files.authority(), "the CA's certificate")) {
        trusted.setCertificateEntry("ca-" + number++, authority);
      }
      KeyStore own = empty();
      own.setKeyEntry(
          "client",
          key(files.key()),
          none,
          certificates(files.certificate(), "the client's certificate")
              .toArray(Certificate[]::new));
      TrustManagerFactory trust =
          TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      trust.init(trusted);
      KeyManagerFactory keys =
          KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
      keys.init(own, none);
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(keys.getKeyManagers(), trust.getTrustManagers(), null);
      return new TlsContext(context);
    } catch (GeneralSecurityException | IOException e) {
      throw error(Code.INVALID_ARGUMENT, "the TLS files do not fit together", e);
    }
  }

  @Override
  public SSLContext getSSLContext() {
    return context;
  }

  private static KeyStore empty() throws GeneralSecurityException, IOException {
    KeyStore store = KeyStore.getInstance("PKCS12");
    store.load(null, null);
    return store;
  }

  private static Collection<? extends Certificate> certificates(Path file, String what) {
    try (InputStream in = Files.newInputStream(file)) {
      Collection<? extends Certificate> found =
          CertificateFactory.getInstance("X.509").generateCertificates(in);
      if (found.isEmpty()) {
        throw error(Code.INVALID_ARGUMENT, what + " is not in its file", null);
      }
      return found;
    } catch (IOException e) {
      throw unreadable(what, e);
    } catch (GeneralSecurityException e) {
      throw error(Code.INVALID_ARGUMENT, what + " is no PEM certificate", e);
    }
  }

  private static PrivateKey key(Path file) {
    String what = "the client's key";
    try (Reader text = Files.newBufferedReader(file);
        PEMParser parser = new PEMParser(text)) {
      for (Object found = parser.readObject(); found != null; found = parser.readObject()) {
        if (found instanceof PEMKeyPair pair) {
          return new JcaPEMKeyConverter().getPrivateKey(pair.getPrivateKeyInfo());
        }
        if (found instanceof PrivateKeyInfo info) {
          return new JcaPEMKeyConverter().getPrivateKey(info);
        }
      }
      throw error(Code.INVALID_ARGUMENT, what + " is not in its file, or has a password", null);
    } catch (org.bouncycastle.openssl.PEMException e) {
      throw error(Code.INVALID_ARGUMENT, what + " is no PEM key", e);
    } catch (IOException e) {
      throw unreadable(what, e);
    }
  }

  private static SandboxException unreadable(String what, IOException cause) {
    return cause instanceof NoSuchFileException
        ? error(Code.INVALID_ARGUMENT, what + " does not exist", cause)
        : error(Code.PERMISSION_DENIED, what + " cannot be read", cause);
  }

  private static SandboxException error(
      Code code, String detail, @org.jspecify.annotations.Nullable Throwable cause) {
    return SandboxException.of(code, OPERATION, "")
        .backend(DockerErrors.BACKEND)
        .detail(detail)
        .remedy("name the PEM files that belong to the engine")
        .cause(cause)
        .build();
  }
}
