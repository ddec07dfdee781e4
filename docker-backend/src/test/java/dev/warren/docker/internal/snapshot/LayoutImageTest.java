package dev.warren.docker.internal.snapshot;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LayoutImageTest {
  private static final ObjectMapper MAPPER = new ObjectMapper();
  private static final byte[] CONFIG = "{}".getBytes(StandardCharsets.UTF_8);
  private static final String NAME = "warren.invalid/snapshot/a:b";

  @TempDir Path directory;

  private static ArrayNode stored() {
    ArrayNode layers = MAPPER.createArrayNode();
    layers.addObject().put("mediaType", "x+gzip").put("digest", "sha256:aa").put("size", 7);
    return layers;
  }

  private static Map<String, byte[]> files(LayoutImage image) throws IOException {
    Map<String, byte[]> files = new LinkedHashMap<>();
    try (TarArchiveInputStream tar = new TarArchiveInputStream(image.archive())) {
      for (TarArchiveEntry each = tar.getNextEntry(); each != null; each = tar.getNextEntry()) {
        files.put(each.getName(), tar.readAllBytes());
      }
    }
    return files;
  }

  @Test
  void archive_ofLayersThatTheEngineHas_holdsDocumentsOnly_andTheNameOfTheImage()
      throws IOException {
    LayoutImage image = new LayoutImage(CONFIG, stored(), Optional.of(NAME), Optional.empty());

    Map<String, byte[]> files = files(image);

    String config = LayoutImage.file(LoadArchive.digest(CONFIG));
    String manifest = LayoutImage.file(image.id());
    assertThat(files).containsOnlyKeys("oci-layout", config, manifest, "index.json");
    assertThat(LoadArchive.digest(files.get(manifest))).isEqualTo(image.id());
    assertThat(MAPPER.readTree(files.get(manifest)).path("layers")).isEqualTo(stored());
    JsonNode entry = MAPPER.readTree(files.get("index.json")).path("manifests").path(0);
    assertThat(entry.path("digest").asText()).isEqualTo(image.id());
    assertThat(entry.path("annotations").path("io.containerd.image.name").asText()).isEqualTo(NAME);
  }

  @Test
  void archive_withALayerOfItsOwn_sendsIt_onTopOfTheOthers() throws IOException {
    byte[] content = "a layer".getBytes(StandardCharsets.UTF_8);
    try (LayerFile layer =
        LayerFile.of(directory, new ByteArrayInputStream(content), piece -> {})) {
      LayoutImage image = new LayoutImage(CONFIG, stored(), Optional.empty(), Optional.of(layer));

      Map<String, byte[]> files = files(image);

      assertThat(files.get(LayoutImage.file(layer.digest()))).isEqualTo(content);
      JsonNode layers = MAPPER.readTree(files.get(LayoutImage.file(image.id()))).path("layers");
      assertThat(layers).hasSize(2);
      assertThat(layers.path(1).path("digest").asText()).isEqualTo(layer.digest());
      JsonNode entry = MAPPER.readTree(files.get("index.json")).path("manifests").path(0);
      assertThat(entry.has("annotations")).as("no name").isFalse();
    }
  }
}
