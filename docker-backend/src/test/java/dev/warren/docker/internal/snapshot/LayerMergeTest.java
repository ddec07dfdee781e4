package dev.warren.docker.internal.snapshot;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.InputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LayerMergeTest {
  @TempDir Path directory;
  private final List<LayerFile> layers = new ArrayList<>();

  @AfterEach
  void close() throws Exception {
    for (LayerFile layer : layers) {
      layer.close();
    }
    assertThat(directory).isEmptyDirectory();
  }

  private void layer(String... namesAndContents) throws Exception {
    layers.add(
        LayerFile.of(directory, LayerTars.stream(LayerTars.of(namesAndContents)), piece -> {}));
  }

  private List<String> merged() throws Exception {
    try (InputStream tar = LayerMerge.of(layers)) {
      return LayerTars.entries(tar);
    }
  }

  @Test
  void oneLayer_isPassedOnByteByByte() throws Exception {
    byte[] tar = LayerTars.of("a", "1", ".wh.b", "");
    layers.add(LayerFile.of(directory, LayerTars.stream(tar), piece -> {}));
    try (InputStream merged = LayerMerge.of(layers)) {
      assertThat(merged.readAllBytes()).isEqualTo(tar);
    }
  }

  @Test
  void upperFile_replacesLowerFileAndTree() throws Exception {
    layer("a", "1", "d/", "", "d/f", "1");
    layer("a", "2", "d", "2");
    assertThat(merged()).containsExactly("a=2", "d=2");
  }

  @Test
  void removal_hidesLowerEntriesAndStaysForTheImage() throws Exception {
    layer("a", "1", "d/", "", "d/f", "1", "k", "1");
    layer(".wh.a", "", ".wh.d", "");
    assertThat(merged()).containsExactly("k=1", ".wh.a", ".wh.d");
  }

  @Test
  void removalBelow_ofWhatIsMadeAgainAbove_isLeftOut() throws Exception {
    layer(".wh.a", "");
    layer("a", "2");
    assertThat(merged()).containsExactly("a=2");
  }

  @Test
  void directoryInPlaceOfWhatWasRemoved_isClosedForTheImage() throws Exception {
    layer(".wh.d", "");
    layer("d/", "", "d/new", "2");
    assertThat(merged()).containsExactlyInAnyOrder("d/.wh..wh..opq", "d/", "d/new=2");
  }

  @Test
  void directoryInPlaceOfAFile_isClosedForTheImage() throws Exception {
    layer("d", "file");
    layer("d/", "");
    assertThat(merged()).containsExactlyInAnyOrder("d/.wh..wh..opq", "d/");
  }

  @Test
  void closedDirectory_hidesWhatLowerLayersHaveInIt() throws Exception {
    layer("d/", "", "d/old", "1", "d/sub/f", "1");
    layer("d/", "", "d/.wh..wh..opq", "", "d/new", "2");
    assertThat(merged()).containsExactly("d/", "d/.wh..wh..opq", "d/new=2");
  }

  @Test
  void metadataOfADirectory_isThatOfTheTopLayer_andItsContentStays() throws Exception {
    layer("d/", "", "d/f", "1");
    layer("d/", "");
    assertThat(merged()).containsExactly("d/f=1", "d/");
  }

  @Test
  void removalInAnOwnLayer_doesNotHideItsOwnEntries() throws Exception {
    layer("x", "1");
    layer("d/", "", "d/.wh..wh..opq", "", "d/f", "2", ".wh.e", "");
    assertThat(merged()).containsExactly("x=1", "d/", "d/.wh..wh..opq", "d/f=2", ".wh.e");
  }

  @Test
  void hardLinksToAHiddenName_keepTheContentAndStayLinked() throws Exception {
    layer("a", "old", "b", "->a", "c", "->a");
    layer("a", "new");
    assertThat(merged()).containsExactly("b=old", "c=->b", "a=new");
  }

  @Test
  void longNames_areKept() throws Exception {
    String name = "d/" + "n".repeat(180);
    layer(name, "1");
    layer("x", "2");
    assertThat(merged()).containsExactly(name + "=1", "x=2");
  }

  @Test
  void threeLayers_areMergedFromTheTop() throws Exception {
    layer("a", "1", "b", "1", "c", "1");
    layer(".wh.a", "", "b", "2");
    layer("a", "3");
    assertThat(merged()).containsExactly("c=1", "b=2", "a=3");
  }
}
