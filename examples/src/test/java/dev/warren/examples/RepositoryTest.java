package dev.warren.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** What must hold for the sources as a whole. */
class RepositoryTest {
  private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();
  private static final int MOST_LINES = 500;
  private static final int MEDIAN_LINES = 80;
  private static final Set<String> GENERATED = Set.of("target", ".git", "bridgepb");

  @Test
  void theProgramOfTheReadme_isTheOneThatIsCompiled() throws IOException {
    String example =
        Files.readString(
            ROOT.resolve("examples/src/main/java/dev/warren/examples/FirstProgram.java"));
    String program =
        example
            .substring(example.indexOf("// README:begin"), example.indexOf("// README:end"))
            .lines()
            .skip(1)
            .map(line -> line.startsWith("    ") ? line.substring(4) : line.strip())
            .reduce("", (text, line) -> text + line + "\n")
            .strip();
    assertThat(Files.readString(ROOT.resolve("README.md")))
        .contains("```java\n" + program + "\n```");
  }

  @Test
  void theContractTestOfTheTestkitPage_isTheOneThatRuns() throws IOException {
    String test =
        Files.readString(
            ROOT.resolve(
                "examples/third-party-runtime/src/test/java/dev/warren/examples/capped/"
                    + "CappedRuntimeContractTest.java"));
    String body =
        test.substring(test.indexOf("class CappedRuntimeContractTest"))
            .lines()
            .filter(line -> !line.strip().startsWith("/**"))
            .reduce("", (text, line) -> text + line + "\n")
            .strip();
    assertThat(Files.readString(ROOT.resolve("docs/testkit.md")))
        .contains("```java\n" + body + "\n```");
  }

  @Test
  void faultsOfTheTestkitPage_areMethodsThatExist() throws IOException {
    Path testkit = ROOT.resolve("testkit/src/main/java/dev/warren/testkit");
    String page = Files.readString(ROOT.resolve("docs/testkit.md"));
    Map<String, String> owners =
        Map.of("faults", "FakeFaults", "bridges", "FakeBridges", "registry", "FakeRegistry");
    List<MatchResult> calls =
        Pattern.compile("runtime\\.(\\w+)\\(\\)\\.(\\w+)\\(").matcher(page).results().toList();
    assertThat(calls).hasSizeGreaterThan(5);
    for (MatchResult call : calls) {
      assertThat(Files.readString(testkit.resolve(owners.get(call.group(1)) + ".java")))
          .contains(" " + call.group(2) + "(");
    }
  }

  @Test
  void testsThatNeedAnEngine_areTaggedAndNamedIT() {
    assertThat(sources())
        .filteredOn(file -> file.toString().matches(".*/src/test/.*(Test|IT)\\.java"))
        .allSatisfy(
            file ->
                assertThat(text(file).contains("\n@Tag(\"engine\")"))
                    .as("%s is tagged", file)
                    .isEqualTo(file.toString().endsWith("IT.java")));
  }

  @Test
  void noSourceFileIsTooLong_andMostAreShort() {
    List<Path> sources = sources();
    assertThat(sources)
        .anyMatch(file -> file.endsWith("FirstProgram.java"))
        .anyMatch(file -> file.endsWith("main.go"))
        .anyMatch(file -> file.endsWith("scripts/test"))
        .allSatisfy(file -> assertThat(lines(file)).as("%s", file).isLessThanOrEqualTo(MOST_LINES));
    List<Long> sizes = sources.stream().map(RepositoryTest::lines).sorted().toList();
    assertThat(sizes.get(sizes.size() / 2)).isLessThan(MEDIAN_LINES);
  }

  /** What is written by hand in Java, Go and shell. */
  private static List<Path> sources() {
    List<Path> sources = new ArrayList<>();
    try {
      Files.walkFileTree(
          ROOT,
          new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(
                Path directory, BasicFileAttributes attributes) {
              return GENERATED.contains(directory.getFileName().toString())
                  ? FileVisitResult.SKIP_SUBTREE
                  : FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
              if (file.toString().matches(".*\\.(java|go|sh)") || isScript(file, attributes)) {
                sources.add(file);
              }
              return FileVisitResult.CONTINUE;
            }
          });
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return sources;
  }

  private static boolean isScript(Path file, BasicFileAttributes attributes) {
    return attributes.isRegularFile()
        && !file.getFileName().toString().contains(".")
        && text(file).startsWith("#!");
  }

  private static long lines(Path file) {
    return text(file).lines().count();
  }

  private static String text(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
