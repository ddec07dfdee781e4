package dev.warren.containerd.internal.registry;

import dev.warren.ImageRef;
import dev.warren.SandboxException.Code;
import dev.warren.containerd.internal.manifest.BlobDescriptor;
import dev.warren.containerd.internal.manifest.ImageConfig;
import dev.warren.containerd.internal.manifest.MalformedImage;
import dev.warren.containerd.internal.manifest.ManifestDocument;
import dev.warren.containerd.internal.manifest.MediaTypes;
import dev.warren.containerd.internal.manifest.Sha256;
import dev.warren.engine.internal.retry.RetryPolicy;
import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Reads one repository. Each read is tried at the mirrors in their order and then at the registry;
 * what is read whole is checked against its digest there, so a bad mirror is passed over. Failures
 * are {@link IOException}s for {@link RegistryErrors}. Thread-safe.
 */
public final class RegistrySession {
  private static final String ACCEPT = String.join(", ", MediaTypes.DOCUMENTS);

  private final ImageRef ref;
  private final List<EndpointClient> endpoints;
  private final RetryPolicy retries;

  RegistrySession(ImageRef ref, List<EndpointClient> endpoints, RetryPolicy retries) {
    this.ref = ref;
    this.endpoints = endpoints;
    this.retries = retries;
  }

  private interface Read<T> {
    T from(EndpointClient endpoint) throws IOException, InterruptedException;
  }

  /** Whether reads may be answered by somebody else than the registry. */
  public boolean hasMirrors() {
    return endpoints.size() > 1;
  }

  /** The same repository at the registry itself. */
  public RegistrySession withoutMirrors() {
    return new RegistrySession(
        ref, endpoints.stream().filter(endpoint -> !endpoint.isMirror()).toList(), retries);
  }

  /** What the image's name means now: the digest of a manifest or index. */
  public String digest() throws IOException, InterruptedException {
    Optional<String> told = anywhere(this::askDigest);
    return told.isPresent() ? told.get() : manifest().descriptor().digest();
  }

  /** The document the image's name means now. */
  public FetchedManifest manifest() throws IOException, InterruptedException {
    return anywhere(endpoint -> fetch(endpoint, name(), ref.digest()));
  }

  /** The document of an index's entry. */
  public FetchedManifest manifest(BlobDescriptor entry) throws IOException, InterruptedException {
    if (entry.size() > ManifestDocument.MAX_BYTES) {
      throw tooLong();
    }
    return anywhere(endpoint -> fetch(endpoint, entry.digest(), Optional.of(entry.digest())));
  }

  /** A blob that is small enough for the memory, checked. */
  public byte[] smallBlob(BlobDescriptor blob) throws IOException, InterruptedException {
    if (blob.size() > ImageConfig.MAX_BYTES) {
      throw new MalformedImage(Code.UNSUPPORTED, "the image's configuration is too long");
    }
    return anywhere(
        endpoint -> {
          var answer = endpoint.request("GET", "blobs/" + blob.digest(), Map.of());
          try (InputStream body = answer.body()) {
            byte[] bytes = body.readNBytes((int) blob.size() + 1);
            check(bytes, blob.digest());
            return bytes;
          }
        });
  }

  /**
   * Opens a blob from an offset on. The stream is not checked, may be longer or shorter than it
   * should be, and fails where the connection is lost.
   */
  public InputStream blob(BlobDescriptor blob, long offset)
      throws IOException, InterruptedException {
    Map<String, String> range = offset == 0 ? Map.of() : Map.of("Range", "bytes=" + offset + "-");
    return anywhere(
        endpoint -> {
          var answer = endpoint.request("GET", "blobs/" + blob.digest(), range);
          InputStream body = answer.body();
          if (offset > 0 && answer.statusCode() != 206) {
            try {
              body.skipNBytes(offset);
            } catch (IOException e) {
              body.close();
              throw e;
            }
          }
          return body;
        });
  }

  private Optional<String> askDigest(EndpointClient endpoint)
      throws IOException, InterruptedException {
    var answer = endpoint.request("HEAD", "manifests/" + name(), Map.of("Accept", ACCEPT));
    HttpTransport.discard(answer);
    Optional<String> digest =
        answer.headers().firstValue("Docker-Content-Digest").filter(Sha256::isDigest);
    if (digest.isPresent() && ref.digest().isPresent() && !digest.equals(ref.digest())) {
      throw mismatch(ref.digest().get());
    }
    return digest;
  }

  private FetchedManifest fetch(EndpointClient endpoint, String name, Optional<String> digest)
      throws IOException, InterruptedException {
    HttpResponse<InputStream> answer =
        endpoint.request("GET", "manifests/" + name, Map.of("Accept", ACCEPT));
    byte[] bytes;
    try (InputStream body = answer.body()) {
      bytes = body.readNBytes(ManifestDocument.MAX_BYTES + 1);
    }
    if (bytes.length > ManifestDocument.MAX_BYTES) {
      throw tooLong();
    }
    if (digest.isPresent()) {
      check(bytes, digest.get());
    }
    String declared =
        answer.headers().firstValue("Content-Type").orElse("").replaceFirst(";.*", "").strip();
    ManifestDocument document = ManifestDocument.parse(bytes, declared);
    String type = ManifestDocument.mediaType(bytes, declared);
    return new FetchedManifest(
        BlobDescriptor.of(type, Sha256.of(bytes), bytes.length), bytes, document);
  }

  private <T> T anywhere(Read<T> read) throws IOException, InterruptedException {
    IOException passedOver = null;
    for (int i = 0; ; i++) {
      EndpointClient endpoint = endpoints.get(i);
      try {
        return retries.run(RegistryErrors::mayPass, () -> read.from(endpoint));
      } catch (IOException e) {
        if (i == endpoints.size() - 1) {
          if (passedOver != null) {
            e.addSuppressed(passedOver);
          }
          throw e;
        }
        if (Thread.currentThread().isInterrupted()) {
          throw e;
        }
        passedOver = e;
      }
    }
  }

  private String name() {
    return ref.digest().or(ref::tag).orElseThrow();
  }

  private static void check(byte[] bytes, String digest) throws MalformedImage {
    if (!Sha256.of(bytes).equals(digest)) {
      throw mismatch(digest);
    }
  }

  private static MalformedImage mismatch(String digest) {
    return new MalformedImage(
        Code.DATA_LOSS,
        "what the registry sent for " + Sha256.brief(digest) + " is something else");
  }

  private static MalformedImage tooLong() {
    return new MalformedImage(Code.UNSUPPORTED, "the image's manifest is longer than 4 MiB");
  }
}
