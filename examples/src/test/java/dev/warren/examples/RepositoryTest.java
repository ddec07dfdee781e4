package dev.warren.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What must hold for the sources as a whole. */
class RepositoryTest {
  private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();
  private static final int MOST_LINES = 500;
  private static final int MEDIAN_LINES = 100;

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
  void noFileIsTooLong_andMostAreShort() {
    List<Path> sources = sources();
    assertThat(sources).allSatisfy(file -> assertThat(lines(file)).isLessThanOrEqualTo(MOST_LINES));
    List<Long> sizes = sources.stream().map(RepositoryTest::lines).sorted().toList();
    assertThat(sizes.get(sizes.size() / 2)).isLessThanOrEqualTo(MEDIAN_LINES);
  }

  private static List<Path> sources() {
    try (Stream<Path> files = Files.walk(ROOT)) {
      return files
          .filter(file -> file.toString().matches(".*\\.(java|go)"))
          .filter(file -> !file.toString().matches(".*(/target/|/bridgepb/).*"))
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static long lines(Path file) {
    try (Stream<String> lines = Files.lines(file)) {
      return lines.count();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
