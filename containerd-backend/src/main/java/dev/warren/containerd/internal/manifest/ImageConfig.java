package dev.warren.containerd.internal.manifest;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.warren.SandboxException.Code;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * What an image says about the processes in it.
 *
 * @param env {@code NAME=value}
 * @param entrypoint command and its first arguments; may be empty
 * @param cmd arguments, or the command where there is no entrypoint; may be empty
 * @param user {@code user[:group]} by name or number; empty for root
 * @param workingDir empty for {@code /}
 * @param platform it was made for
 * @param diffIds digests of its layers, unpacked, lowest first
 */
public record ImageConfig(
    List<String> env,
    List<String> entrypoint,
    List<String> cmd,
    String user,
    String workingDir,
    Platform platform,
    List<String> diffIds) {
  /** The longest configuration that is read. */
  public static final int MAX_BYTES = 8 << 20;

  public ImageConfig {
    env = List.copyOf(env);
    entrypoint = List.copyOf(entrypoint);
    cmd = List.copyOf(cmd);
    diffIds = List.copyOf(diffIds);
  }

  /**
   * Reads a configuration.
   *
   * @throws MalformedImage {@code DATA_LOSS}
   */
  public static ImageConfig parse(byte[] bytes) throws MalformedImage {
    JsonNode root;
    try {
      root = new ObjectMapper().readTree(bytes);
    } catch (IOException e) {
      throw new MalformedImage(Code.DATA_LOSS, "the image's configuration is no JSON");
    }
    List<String> diffIds = texts(root.path("rootfs").path("diff_ids"));
    if (!diffIds.stream().allMatch(Sha256::isDigest)) {
      throw new MalformedImage(Code.DATA_LOSS, "the image's configuration has bad layer digests");
    }
    JsonNode config = root.path("config");
    return new ImageConfig(
        texts(config.path("Env")),
        texts(config.path("Entrypoint")),
        texts(config.path("Cmd")),
        config.path("User").asText(""),
        config.path("WorkingDir").asText(""),
        new Platform(
            root.path("os").asText("linux"),
            root.path("architecture").asText(""),
            root.path("variant").asText("")),
        diffIds);
  }

  /** The names of the image's layers stacked up to each one, lowest first. */
  public List<String> chainIds() {
    List<String> chain = new ArrayList<>();
    for (String diffId : diffIds) {
      chain.add(chain.isEmpty() ? diffId : Sha256.of(chain.get(chain.size() - 1) + " " + diffId));
    }
    return chain;
  }

  /**
   * Checks that the image runs on a platform. Indexes are chosen from; a lone manifest only says
   * here what it is for.
   *
   * @throws MalformedImage {@code NOT_FOUND}
   */
  public void requirePlatform(Platform wanted) throws MalformedImage {
    boolean unsaid = platform.architecture().isEmpty();
    if (!unsaid && wanted.fit(platform) < 0) {
      throw new MalformedImage(
          Code.NOT_FOUND,
          "there is no image for " + wanted + " under this name, only for: " + platform);
    }
  }

  private static List<String> texts(JsonNode array) {
    List<String> texts = new ArrayList<>();
    array.forEach(text -> texts.add(text.asText()));
    return texts;
  }
}
