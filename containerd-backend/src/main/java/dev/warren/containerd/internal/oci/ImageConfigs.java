package dev.warren.containerd.internal.oci;

import com.fasterxml.jackson.databind.JsonNode;
import com.google.protobuf.ByteString;
import dev.warren.ImageRef;
import dev.warren.SandboxException;
import dev.warren.SandboxException.Code;
import dev.warren.containerd.internal.api.content.ReadContentRequest;
import dev.warren.containerd.internal.api.content.ReadContentResponse;
import dev.warren.containerd.internal.api.images.GetImageRequest;
import dev.warren.containerd.internal.client.ContainerdClient;
import dev.warren.containerd.internal.client.ContainerdErrors;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HexFormat;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Reads the configurations of local images. What a digest names never changes, so it is kept; what
 * a name points to is asked each time. Thread-safe.
 */
public final class ImageConfigs {
  private static final int KEPT = 64;
  private static final int LIMIT = 8 << 20;

  private final ContainerdClient client;
  private final String architecture;
  private final Map<String, ImageConfig> byDigest =
      Collections.synchronizedMap(
          new LinkedHashMap<>(KEPT, 0.75f, true) {
            private static final long serialVersionUID = 1L;

            @Override
            protected boolean removeEldestEntry(Map.Entry<String, ImageConfig> eldest) {
              return size() > KEPT;
            }
          });

  public ImageConfigs(ContainerdClient client) {
    this.client = client;
    this.architecture =
        switch (System.getProperty("os.arch")) {
          case "aarch64" -> "arm64";
          case "x86_64" -> "amd64";
          default -> System.getProperty("os.arch");
        };
  }

  /**
   * Reads one.
   *
   * @throws SandboxException {@code NOT_FOUND} when the image is missing, {@code DATA_LOSS} when
   *     its content is
   */
  public ImageConfig get(ImageRef image) {
    String name = image.toString();
    GetImageRequest request = GetImageRequest.newBuilder().setName(name).build();
    String digest;
    try {
      digest =
          client.call(
              "find image",
              name,
              () -> client.stubs().images().get(request).getImage().getTarget().getDigest());
    } catch (SandboxException e) {
      if (e.code() != Code.NOT_FOUND) {
        throw e;
      }
      throw SandboxException.of(Code.NOT_FOUND, "find image", name)
          .backend(ContainerdErrors.BACKEND)
          .detail("it is not here")
          .remedy("pull it first")
          .cause(e)
          .build();
    }
    ImageConfig known = byDigest.get(digest);
    if (known == null) {
      known = read(name, digest);
      byDigest.put(digest, known);
    }
    return known;
  }

  private ImageConfig read(String name, String digest) {
    JsonNode manifest = json(name, digest);
    if (manifest.path("manifests").isArray()) {
      manifest = json(name, ofThisPlatform(name, manifest));
    }
    JsonNode config = json(name, manifest.path("config").path("digest").asText(""));
    List<String> diffIds = new ArrayList<>();
    config.path("rootfs").path("diff_ids").forEach(id -> diffIds.add(id.asText()));
    List<String> env = new ArrayList<>();
    config.path("config").path("Env").forEach(entry -> env.add(entry.asText()));
    return new ImageConfig(
        chainId(diffIds), env, config.path("config").path("WorkingDir").asText(""));
  }

  private String ofThisPlatform(String name, JsonNode index) {
    for (JsonNode entry : index.path("manifests")) {
      JsonNode platform = entry.path("platform");
      if (platform.path("os").asText().equals("linux")
          && platform.path("architecture").asText().equals(architecture)) {
        return entry.path("digest").asText();
      }
    }
    throw SandboxException.of(Code.NOT_FOUND, "find image", name)
        .backend(ContainerdErrors.BACKEND)
        .detail("it is not made for linux/" + architecture)
        .build();
  }

  private JsonNode json(String name, String digest) {
    ReadContentRequest request = ReadContentRequest.newBuilder().setDigest(digest).build();
    return client.call(
        "read image",
        name,
        () -> {
          try {
            Iterator<ReadContentResponse> parts = client.stubs().content().read(request);
            ByteString all = ByteString.EMPTY;
            while (parts.hasNext() && all.size() < LIMIT) {
              all = all.concat(parts.next().getData());
            }
            return Json.read(all);
          } catch (IOException e) {
            throw damaged(name, e);
          } catch (io.grpc.StatusRuntimeException e) {
            throw ContainerdErrors.isNotFound(e) ? damaged(name, e) : e;
          }
        });
  }

  private static SandboxException damaged(String name, Exception cause) {
    return SandboxException.of(Code.DATA_LOSS, "read image", name)
        .backend(ContainerdErrors.BACKEND)
        .detail("its content is missing or damaged")
        .remedy("pull it again")
        .cause(cause)
        .build();
  }

  /** How containerd names the snapshot of a stack of layers. */
  static String chainId(List<String> diffIds) {
    String chain = "";
    for (String diffId : diffIds) {
      chain = chain.isEmpty() ? diffId : "sha256:" + sha256(chain + " " + diffId);
    }
    return chain;
  }

  private static String sha256(String text) {
    try {
      return HexFormat.of()
          .formatHex(
              MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("each Java platform has SHA-256", e);
    }
  }
}
