package dev.warren.containerd.internal.image;

import dev.warren.containerd.internal.manifest.BlobDescriptor;
import dev.warren.containerd.internal.manifest.MediaTypes;
import dev.warren.containerd.internal.manifest.Platform;
import dev.warren.containerd.internal.manifest.Sha256;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.zip.GZIPOutputStream;

/** An image made on the spot: each layer has one file of random bytes. */
public final class SampleImage {
  private static final String GZIP_LAYER = "application/vnd.oci.image.layer.v1.tar+gzip";

  private final Map<String, byte[]> blobs = new LinkedHashMap<>();
  private final List<BlobDescriptor> layers = new ArrayList<>();
  private final List<String> diffIds = new ArrayList<>();
  private byte[] config = new byte[0];
  private byte[] manifest = new byte[0];

  private SampleImage() {}

  /** Layers with files {@code file-0}, {@code file-1} … of these sizes. */
  public static SampleImage of(long seed, int... layerSizes) {
    return of(seed, Platform.host(), layerSizes);
  }

  public static SampleImage of(long seed, Platform platform, int... layerSizes) {
    SampleImage image = new SampleImage();
    Random random = new Random(seed);
    for (int i = 0; i < layerSizes.length; i++) {
      byte[] bytes = new byte[layerSizes[i]];
      random.nextBytes(bytes);
      image.add(tar("file-" + i, bytes));
    }
    return image.seal(platform);
  }

  /** The same image, whose configuration promises another content of its last layer. */
  public SampleImage withWrongDiffId() {
    SampleImage broken = new SampleImage();
    broken.blobs.putAll(blobs);
    broken.layers.addAll(layers);
    broken.diffIds.addAll(diffIds);
    broken.diffIds.set(diffIds.size() - 1, Sha256.of("something else"));
    return broken.seal(Platform.host());
  }

  private void add(byte[] tar) {
    byte[] packed = gzip(tar);
    String digest = Sha256.of(packed);
    blobs.put(digest, packed);
    layers.add(BlobDescriptor.of(GZIP_LAYER, digest, packed.length));
    diffIds.add(Sha256.of(tar));
  }

  private SampleImage seal(Platform platform) {
    config =
        """
        {"os":"%s","architecture":"%s","config":{"Env":["PATH=/bin","A=b"],"Entrypoint":["/run"],
        "Cmd":["arg"],"User":"1000:1000","WorkingDir":"/work"},
        "rootfs":{"type":"layers","diff_ids":[%s]}}"""
            .formatted(
                platform.os(),
                platform.architecture(),
                diffIds.stream().map(id -> '"' + id + '"').collect(Collectors.joining(",")))
            .getBytes(StandardCharsets.UTF_8);
    blobs.put(Sha256.of(config), config);
    manifest =
        """
        {"schemaVersion":2,"mediaType":"%s","config":%s,"layers":[%s]}"""
            .formatted(
                MediaTypes.OCI_MANIFEST,
                json(MediaTypes.OCI_CONFIG, Sha256.of(config), config.length),
                layers.stream()
                    .map(layer -> json(layer.mediaType(), layer.digest(), layer.size()))
                    .collect(Collectors.joining(",")))
            .getBytes(StandardCharsets.UTF_8);
    return this;
  }

  /** An index with one entry for each platform. */
  public static byte[] index(Map<Platform, SampleImage> entries) {
    return """
        {"schemaVersion":2,"mediaType":"%s","manifests":[%s]}"""
        .formatted(
            MediaTypes.OCI_INDEX,
            entries.entrySet().stream()
                .map(
                    entry ->
                        """
                        {"mediaType":"%s","digest":"%s","size":%d,
                        "platform":{"os":"%s","architecture":"%s"}}"""
                            .formatted(
                                MediaTypes.OCI_MANIFEST,
                                entry.getValue().digest(),
                                entry.getValue().manifest().length,
                                entry.getKey().os(),
                                entry.getKey().architecture()))
                .collect(Collectors.joining(",")))
        .getBytes(StandardCharsets.UTF_8);
  }

  public byte[] manifest() {
    return manifest.clone();
  }

  /** Of the manifest. */
  public String digest() {
    return Sha256.of(manifest);
  }

  public byte[] config() {
    return config.clone();
  }

  public List<BlobDescriptor> layers() {
    return List.copyOf(layers);
  }

  public List<String> diffIds() {
    return List.copyOf(diffIds);
  }

  /** Layers and configuration by digest. */
  public Map<String, byte[]> blobs() {
    return Map.copyOf(blobs);
  }

  private static String json(String type, String digest, long size) {
    return "{\"mediaType\":\"%s\",\"digest\":\"%s\",\"size\":%d}".formatted(type, digest, size);
  }

  private static byte[] gzip(byte[] bytes) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(out)) {
      gzip.write(bytes);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return out.toByteArray();
  }

  private static byte[] tar(String name, byte[] content) {
    byte[] header = new byte[512];
    put(header, 0, name);
    put(header, 100, "0000644\0");
    put(header, 108, "0000000\0");
    put(header, 116, "0000000\0");
    put(header, 124, "%011o\0".formatted(content.length));
    put(header, 136, "00000000000\0");
    put(header, 148, "        ");
    put(header, 156, "0");
    put(header, 257, "ustar\00000");
    int sum = 0;
    for (byte value : header) {
      sum += value & 0xff;
    }
    put(header, 148, "%06o\0 ".formatted(sum));
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.writeBytes(header);
    out.writeBytes(content);
    out.writeBytes(new byte[(512 - content.length % 512) % 512 + 1024]);
    return out.toByteArray();
  }

  private static void put(byte[] header, int offset, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
    System.arraycopy(bytes, 0, header, offset, bytes.length);
  }
}
