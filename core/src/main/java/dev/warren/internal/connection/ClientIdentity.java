package dev.warren.internal.connection;

import dev.warren.SandboxException;
import dev.warren.SandboxException.Code;
import dev.warren.StateDirectory;
import dev.warren.internal.disk.DurableFiles;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.PrivateKey;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;

/**
 * How this host shows bridges who it is: a certificate, signed by a CA of its own whose certificate
 * every bridge is started with. Both are kept in one file (0600) of the state directory, so that
 * several JVMs share them; the file is only ever replaced as a whole. Thread-safe.
 */
public final class ClientIdentity {
  static final Duration AUTHORITY_LIFE = Duration.ofDays(3650);
  static final Duration CLIENT_LIFE = Duration.ofDays(90);

  /** The client certificate is renewed this long before it ends, the CA a year before. */
  static final Duration RENEWAL = Duration.ofDays(30);

  private static final Duration AUTHORITY_RENEWAL = Duration.ofDays(365);
  private static final String OPERATION = "load client identity";
  private static final String AUTHORITY = "warren client CA";
  private static final String CLIENT = "warren client";
  private static final String KEY_BLOCK = "PRIVATE KEY";
  private static final String CERTIFICATE_BLOCK = "CERTIFICATE";

  private final Certificates certificates = new Certificates();
  private final Path directory;
  private final Path file;
  private final InstantSource clock;
  private Stored current;

  private ClientIdentity(Path directory, InstantSource clock) {
    this.directory = directory;
    this.file = directory.resolve("identity.pem");
    this.clock = clock;
    this.current = load();
  }

  /** A key with the certificate for it. */
  record Credentials(PrivateKey key, X509Certificate certificate) {
    /** Leaves the key out. */
    @Override
    public String toString() {
      return "Credentials[" + certificate.getSerialNumber().toString(16) + "]";
    }
  }

  private record Stored(
      KeyPair authorityKey, X509Certificate authority, KeyPair clientKey, X509Certificate client) {
    /** Leaves the keys out. */
    @Override
    public String toString() {
      return "Stored";
    }

    String toPem() {
      return PemBlocks.encode(KEY_BLOCK, authorityKey.getPrivate().getEncoded())
          + certificatePem(authority)
          + PemBlocks.encode(KEY_BLOCK, clientKey.getPrivate().getEncoded())
          + certificatePem(client);
    }
  }

  /**
   * The identity kept in a directory that only this user can enter; made there when it is missing.
   *
   * @throws SandboxException {@code PERMISSION_DENIED}, {@code RESOURCE_EXHAUSTED}; {@code
   *     DATA_LOSS} when the file is damaged
   */
  public static ClientIdentity loadOrCreate(Path directory) {
    return loadOrCreate(directory, InstantSource.system());
  }

  /** The identity of a state directory. */
  public static ClientIdentity of(StateDirectory state) {
    return loadOrCreate(state.directory("identity"));
  }

  static ClientIdentity loadOrCreate(Path directory, InstantSource clock) {
    return new ClientIdentity(directory, clock);
  }

  /** The CA's certificate, which is public: bridges are started with it. */
  public synchronized String authorityPem() {
    refresh();
    return certificatePem(current.authority());
  }

  /**
   * A file that holds {@link #authorityPem}, for engines that mount it into sandboxes.
   *
   * @throws SandboxException {@code PERMISSION_DENIED}, {@code RESOURCE_EXHAUSTED}
   */
  public synchronized Path caFile() {
    Path ca = directory.resolve("client-ca.pem");
    String pem = authorityPem();
    try {
      if (Files.exists(ca) && Files.readString(ca).equals(pem)) {
        return ca;
      }
      Path temporary = temporaryFile();
      try {
        DurableFiles.write(temporary, pem);
        // Whatever user a sandbox runs as; the directory keeps others of this host out.
        Files.setPosixFilePermissions(temporary, PosixFilePermissions.fromString("r--r--r--"));
        Files.move(temporary, ca, StandardCopyOption.ATOMIC_MOVE);
      } finally {
        Files.deleteIfExists(temporary);
      }
      return ca;
    } catch (IOException e) {
      throw unwritable(e);
    }
  }

  /** What to connect with now; renewed when it is about to expire. */
  synchronized Credentials credentials() {
    refresh();
    return new Credentials(current.clientKey().getPrivate(), current.client());
  }

  private void refresh() {
    if (!isFresh(current)) {
      current = load();
    }
  }

  private boolean isFresh(Stored stored) {
    Instant now = clock.instant();
    return now.plus(RENEWAL).isBefore(stored.client().getNotAfter().toInstant())
        && !authorityIsOld(stored, now);
  }

  private static boolean authorityIsOld(Stored stored, Instant now) {
    return now.plus(AUTHORITY_RENEWAL).isAfter(stored.authority().getNotAfter().toInstant());
  }

  private Stored load() {
    try {
      Stored stored;
      try {
        stored = read();
      } catch (NoSuchFileException missing) {
        stored = store(create(), false);
      }
      if (isFresh(stored)) {
        return stored;
      }
      boolean anew = authorityIsOld(stored, clock.instant());
      return store(anew ? create() : withClient(stored.authorityKey(), stored.authority()), true);
    } catch (IOException e) {
      throw unwritable(e);
    } catch (GeneralSecurityException | IllegalArgumentException e) {
      throw SandboxException.of(Code.DATA_LOSS, OPERATION, "")
          .detail("the file that holds it is damaged")
          .remedy("remove it, and restart the sandboxes that are reached over TCP")
          .cause(e)
          .build();
    }
  }

  private static SandboxException unwritable(IOException cause) {
    boolean denied = cause instanceof AccessDeniedException;
    return SandboxException.of(
            denied ? Code.PERMISSION_DENIED : Code.RESOURCE_EXHAUSTED, OPERATION, "")
        .detail("the state directory does not let it be read or written")
        .cause(cause)
        .build();
  }

  private Path temporaryFile() throws IOException {
    return Files.createTempFile(
        directory,
        "identity",
        ".tmp",
        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
  }

  private Stored create() throws GeneralSecurityException {
    KeyPair key = certificates.newKey();
    return withClient(key, certificates.authority(AUTHORITY, key, clock.instant(), AUTHORITY_LIFE));
  }

  private Stored withClient(KeyPair authorityKey, X509Certificate authority)
      throws GeneralSecurityException {
    KeyPair key = certificates.newKey();
    Instant now = clock.instant();
    X509Certificate client =
        certificates.client(CLIENT, key, AUTHORITY, authorityKey, now, now.plus(CLIENT_LIFE));
    return new Stored(authorityKey, authority, key, client);
  }

  /** Puts a complete file in place; of two JVMs that create one, the first wins. */
  private Stored store(Stored made, boolean replace) throws IOException, GeneralSecurityException {
    Path temporary = temporaryFile();
    try {
      DurableFiles.write(temporary, made.toPem());
      if (replace) {
        Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE);
        return made;
      }
      Files.createLink(file, temporary);
      return made;
    } catch (FileAlreadyExistsException e) {
      return read();
    } finally {
      Files.deleteIfExists(temporary);
    }
  }

  private Stored read() throws IOException, GeneralSecurityException {
    String pem = Files.readString(file);
    List<X509Certificate> chain = new ArrayList<>();
    for (byte[] block : PemBlocks.decode(CERTIFICATE_BLOCK, pem)) {
      chain.add(
          (X509Certificate)
              CertificateFactory.getInstance("X.509")
                  .generateCertificate(new ByteArrayInputStream(block)));
    }
    List<byte[]> keys = PemBlocks.decode(KEY_BLOCK, pem);
    if (chain.size() != 2 || keys.size() != 2) {
      throw new GeneralSecurityException("two keys and two certificates are expected");
    }
    chain.get(1).verify(chain.get(0).getPublicKey());
    return new Stored(
        pair(chain.get(0), keys.get(0)),
        chain.get(0),
        pair(chain.get(1), keys.get(1)),
        chain.get(1));
  }

  private static KeyPair pair(X509Certificate certificate, byte[] privateKey)
      throws GeneralSecurityException {
    PrivateKey key =
        KeyFactory.getInstance("EC").generatePrivate(new PKCS8EncodedKeySpec(privateKey));
    return new KeyPair(certificate.getPublicKey(), key);
  }

  private static String certificatePem(X509Certificate certificate) {
    try {
      return PemBlocks.encode(CERTIFICATE_BLOCK, certificate.getEncoded());
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("a certificate that was parsed has an encoding", e);
    }
  }

  /** Leaves keys and paths out. */
  @Override
  public String toString() {
    return "ClientIdentity";
  }
}
