package dev.warren.containerd.internal.manifest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import dev.warren.SandboxException.Code;
import dev.warren.containerd.internal.image.SampleImage;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ManifestDocumentTest {
  private static final Platform AMD64 = new Platform("linux", "amd64", "");
  private static final Platform ARM64 = new Platform("linux", "arm64", "");

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static void assertRefused(String text, Code code) {
    assertThatThrownBy(() -> ManifestDocument.parse(bytes(text), ""))
        .asInstanceOf(type(MalformedImage.class))
        .extracting(MalformedImage::code)
        .isEqualTo(code);
  }

  private static String descriptor(String type) {
    return "{\"mediaType\":\"%s\",\"digest\":\"%s\",\"size\":1}".formatted(type, Sha256.of("x"));
  }

  @Test
  void manifest_hasItsConfigurationAndLayers() throws Exception {
    SampleImage sample = SampleImage.of(1, 10, 20);
    var image = (ManifestDocument.Image) ManifestDocument.parse(sample.manifest(), "");
    assertThat(image.layers()).isEqualTo(sample.layers());
    assertThat(image.config().digest()).isEqualTo(Sha256.of(sample.config()));
  }

  @Test
  void index_choosesByPlatform_orNamesWhatThereIs() throws Exception {
    Map<Platform, SampleImage> entries = new LinkedHashMap<>();
    entries.put(new Platform("unknown", "unknown", ""), SampleImage.of(3, 1));
    entries.put(ARM64, SampleImage.of(1, 1));
    entries.put(AMD64, SampleImage.of(2, 1));
    var index = (ManifestDocument.Index) ManifestDocument.parse(SampleImage.index(entries), "");

    assertThat(index.choose(AMD64).digest()).isEqualTo(entries.get(AMD64).digest());
    assertThatThrownBy(() -> index.choose(new Platform("linux", "riscv64", "")))
        .hasMessage(
            "there is no image for linux/riscv64 under this name,"
                + " only for: linux/arm64, linux/amd64");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "not json", "[]", "{}", "{\"manifests\":[],\"layers\":[]}"})
  void whatIsNoDocument_isDataLoss(String text) {
    assertRefused(text, Code.DATA_LOSS);
  }

  @Test
  void whatIsNoContainerImage_isUnsupported() {
    assertRefused("{\"schemaVersion\":1,\"fsLayers\":[]}", Code.UNSUPPORTED);
    assertRefused(
        "{\"config\":" + descriptor("application/vnd.example.artifact") + ",\"layers\":[]}",
        Code.UNSUPPORTED);
    assertRefused(
        "{\"config\":%s,\"layers\":[%s]}"
            .formatted(descriptor(MediaTypes.OCI_CONFIG), descriptor("application/x-encrypted")),
        Code.UNSUPPORTED);
    String layers =
        (descriptor("application/vnd.oci.image.layer.v1.tar") + ",")
            .repeat(ManifestDocument.MAX_LAYERS);
    assertRefused(
        "{\"config\":%s,\"layers\":[%s%s]}"
            .formatted(
                descriptor(MediaTypes.OCI_CONFIG),
                layers,
                descriptor("application/vnd.oci.image.layer.v1.tar")),
        Code.UNSUPPORTED);
  }

  @Test
  void mediaTypeThatContradictsTheContent_isUnsupported() {
    assertRefused(
        "{\"mediaType\":\"" + MediaTypes.OCI_MANIFEST + "\",\"manifests\":[]}", Code.UNSUPPORTED);
  }

  @Test
  void chainIds_stackUp() throws Exception {
    SampleImage sample = SampleImage.of(1, 10, 20, 30);
    ImageConfig config = ImageConfig.parse(sample.config());
    List<String> ids = sample.diffIds();
    String second = Sha256.of(ids.get(0) + " " + ids.get(1));
    assertThat(config.chainIds())
        .containsExactly(ids.get(0), second, Sha256.of(second + " " + ids.get(2)));
  }

  @Test
  void configuration_withNullsAndWithoutAnything_isRead() throws Exception {
    ImageConfig config =
        ImageConfig.parse(bytes("{\"config\":{\"Env\":null,\"Cmd\":null},\"rootfs\":{}}"));
    assertThat(config.env()).isEmpty();
    assertThat(config.chainIds()).isEmpty();
    config.requirePlatform(AMD64);
  }

  @ParameterizedTest
  @CsvSource({
    "amd64, '', amd64, '', true",
    "amd64, '', amd64, v1, true",
    "amd64, '', amd64, v3, false",
    "arm64, '', arm64, v8, true",
    "arm, '', arm, v7, true",
    "amd64, '', arm64, '', false"
  })
  void platform_runsWhatItsProcessorCan(
      String host, String hostVariant, String made, String variant, boolean runs) {
    int fit = new Platform("linux", host, hostVariant).fit(new Platform("linux", made, variant));
    assertThat(fit >= 0).isEqualTo(runs);
  }

  @ParameterizedTest
  @CsvSource({"x86_64, amd64", "amd64, amd64", "aarch64, arm64", "s390x, s390x"})
  void platform_isNamedAsImagesNameIt(String jdk, String image) {
    assertThat(Platform.of(jdk)).hasToString("linux/" + image);
  }
}
