package dev.warren.release;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What is in the jars that the build has just made. */
class PublishedJarsTest {
  private static final String LICENSE = "META-INF/LICENSE";

  @ParameterizedTest
  @MethodSource("published")
  void jar_hasTheLicence(Modules.Module module) throws IOException {
    assertThat(text(module.jar(""), LICENSE))
        .isEqualTo(Files.readString(Modules.ROOT.resolve("LICENSE")));
  }

  @ParameterizedTest
  @MethodSource("published")
  @EnabledIfSystemProperty(named = "release.jars", matches = "true")
  void jarOfSources_hasThemAndTheLicence(Modules.Module module) throws IOException {
    String kind = module.artifact().equals("warren-bridge") ? ".go" : ".java";
    assertThat(names(module.jar("sources")))
        .contains(LICENSE)
        .anyMatch(name -> name.endsWith(kind))
        .noneMatch(name -> name.endsWith(".class"));
  }

  @ParameterizedTest
  @MethodSource("published")
  @EnabledIfSystemProperty(named = "release.jars", matches = "true")
  void jarOfJavadoc_hasPublicPackagesOnlyAndTheLicence(Modules.Module module) throws IOException {
    boolean isForUsers =
        names(module.jar("")).stream()
            .anyMatch(name -> name.endsWith(".class") && !name.contains("/internal/"));
    List<String> names = names(module.jar("javadoc"));
    assertThat(names).contains(LICENSE).noneMatch(name -> name.contains("/internal/"));
    assertThat(names.contains("index.html")).as("has pages").isEqualTo(isForUsers);
  }

  @Test
  void jarOfTheBridge_hasTheLicencesOfAllThatIsLinked() throws IOException {
    Path jar =
        published()
            .filter(module -> module.artifact().equals("warren-bridge"))
            .findAny()
            .orElseThrow()
            .jar("");
    String licenses = "META-INF/licenses/";
    List<String> required =
        Files.readAllLines(Modules.ROOT.resolve("bridge/go.mod")).stream()
            .filter(line -> line.startsWith("\t"))
            .map(line -> line.strip().split(" ", -1))
            .map(words -> licenses + words[0] + "@" + words[1] + "/LICENSE")
            .toList();
    assertThat(required).hasSizeGreaterThan(3);
    assertThat(names(jar))
        .containsAll(required)
        .anyMatch(name -> name.matches(licenses + "go@go[0-9.]+/LICENSE"));
    for (String name : required) {
      assertThat(text(jar, name)).containsIgnoringCase("copyright");
    }
  }

  static Stream<Modules.Module> published() {
    return Modules.published().stream();
  }

  private static List<String> names(Path jar) throws IOException {
    try (ZipFile file = new ZipFile(jar.toFile())) {
      return file.stream().map(ZipEntry::getName).toList();
    }
  }

  private static String text(Path jar, String name) throws IOException {
    try (ZipFile file = new ZipFile(jar.toFile())) {
      ZipEntry entry = file.getEntry(name);
      assertThat(entry).as("%s in %s", name, jar.getFileName()).isNotNull();
      return new String(file.getInputStream(entry).readAllBytes(), StandardCharsets.UTF_8);
    }
  }
}
