package dev.warren.internal.files;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.warren.ArchiveSummary;
import dev.warren.FileInfo;
import dev.warren.ImportOptions;
import dev.warren.LineRange;
import dev.warren.ListPage;
import dev.warren.ListRequest;
import dev.warren.SandboxException;
import dev.warren.SandboxException.Code;
import dev.warren.SandboxFiles;
import dev.warren.SandboxFiles.Compression;
import dev.warren.TextPage;
import dev.warren.WriteOptions;
import dev.warren.internal.connection.BridgeTestCase;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Files of the real bridge. */
class BridgeFilesTest extends BridgeTestCase {
  private BridgeFiles files;

  @BeforeEach
  void prepare() {
    files = new BridgeFiles(connections, "bot-1");
  }

  private static byte[] random(int length) {
    byte[] bytes = new byte[length];
    new Random(length).nextBytes(bytes);
    return bytes;
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 4095, 262144, 1048576, 1048577, 5000000})
  void bytes_comeBackAsTheyWere(int length) throws IOException {
    byte[] content = random(length);
    FileInfo written = files.writeBytes("a/b/file", content);
    assertThat(written.size()).isEqualTo(length);
    assertThat(written.path()).isEqualTo("a/b/file");
    assertThat(files.readBytes("a/b/file")).isEqualTo(content);
    assertThat(Files.readAllBytes(bridge.root.resolve("a/b/file"))).isEqualTo(content);
    try (InputStream in = files.open("a/b/file")) {
      assertThat(in.readAllBytes()).isEqualTo(content);
      assertThat(in.read()).isEqualTo(-1);
    }
  }

  @Test
  void strings_areUtf8AndNothingElse() {
    files.writeString("t", "grüße €𝄞\n");
    assertThat(files.readString("t")).isEqualTo("grüße €𝄞\n");
    files.writeBytes("t", new byte[] {'a', (byte) 0xFF});
    assertCode(Code.DATA_LOSS, () -> files.readString("t"));
  }

  @Test
  void open_readsAPart() throws IOException {
    byte[] content = random(3_000_000);
    files.writeBytes("f", content);
    try (InputStream in = files.open("f", 1_000_000, 1_500_000)) {
      assertThat(in.readAllBytes()).isEqualTo(Arrays.copyOfRange(content, 1_000_000, 2_500_000));
    }
    try (InputStream in = files.open("f", 0, 0)) {
      assertThat(in.read()).isEqualTo(-1);
    }
    try (InputStream in = files.open("f", 5_000_000, 10)) {
      assertThat(in.read()).isEqualTo(-1);
    }
  }

  @Test
  void open_missing_failsAtOnce() {
    assertCode(Code.NOT_FOUND, () -> files.open("nothing"));
    assertCode(Code.NOT_FOUND, () -> files.open("nothing", 0, 0));
    assertCode(Code.NOT_FOUND, () -> files.readString("nothing"));
    files.makeDirectories("d");
    assertCode(Code.INVALID_ARGUMENT, "IS_DIRECTORY", () -> files.open("d"));
  }

  @Test
  void open_closedEarly_releasesTheCall() throws IOException {
    files.writeBytes("f", random(40_000_000));
    for (int i = 0; i < 20; i++) {
      try (InputStream in = files.open("f")) {
        assertThat(in.read()).isNotEqualTo(-1);
      }
    }
    assertThat(connections.borrowed).hasValue(0);
  }

  @Test
  void readBytes_ofAFileWithoutSize_works() {
    assertThat(files.readString("/proc/version")).startsWith("Linux");
  }

  @Test
  void write_whoseSourceFails_leavesTheOldContent() {
    files.writeString("f", "old");
    InputStream failing =
        new InputStream() {
          private int left = 3_000_000;

          @Override
          public int read() throws IOException {
            throw new IOException("only in bulk");
          }

          @Override
          public int read(byte[] target, int offset, int length) throws IOException {
            if (left <= 0) {
              throw new IOException("disk on fire");
            }
            left -= length;
            return length;
          }
        };
    assertThatThrownBy(() -> files.write("f", failing, WriteOptions.defaults()))
        .isInstanceOfSatisfying(
            SandboxException.class, e -> assertThat(e.code()).isEqualTo(Code.CANCELLED))
        .hasRootCauseMessage("disk on fire");
    assertThat(files.readString("f")).isEqualTo("old");
    assertThat(files.list("")).hasSize(1);
  }

  @Test
  void write_refusedInTheMiddle_reportsWhyAndNotThatTheStreamBroke() {
    files.makeDirectories("d");
    byte[] much = random(30_000_000);
    assertCode(
        Code.INVALID_ARGUMENT,
        "IS_DIRECTORY",
        () -> files.write("d", new ByteArrayInputStream(much), WriteOptions.defaults()));
    files.writeString("file", "x");
    assertCode(
        Code.INVALID_ARGUMENT,
        "NOT_DIRECTORY",
        () -> files.write("file/x", new ByteArrayInputStream(much), WriteOptions.defaults()));
  }

  @Test
  void write_conditions() {
    FileInfo first = files.writeString("f", "1");
    files.writeBytes("f", new byte[1], WriteOptions.defaults().ifRevision(first.revision()));
    assertCode(
        Code.CONFLICT,
        "STALE_REVISION",
        () ->
            files.writeBytes(
                "f", new byte[2], WriteOptions.defaults().ifRevision(first.revision())));
    assertCode(
        Code.ALREADY_EXISTS,
        () -> files.writeBytes("f", new byte[2], WriteOptions.defaults().ifAbsent()));
    assertCode(
        Code.NOT_FOUND,
        () -> files.writeBytes("no/such/f", new byte[2], WriteOptions.defaults().withoutParents()));
    FileInfo script = files.writeBytes("s", new byte[2], WriteOptions.defaults().withMode(0755));
    assertThat(script.mode()).isEqualTo(0755);
  }

  @Test
  void upload_and_download() throws IOException {
    Path local = directory.resolve("local");
    byte[] content = random(2_500_000);
    Files.write(local, content);
    files.upload(local, "up", WriteOptions.defaults());
    Path target = directory.resolve("target");
    Files.writeString(target, "old");
    files.download("up", target);
    assertThat(Files.readAllBytes(target)).isEqualTo(content);
    assertCode(Code.NOT_FOUND, () -> files.download("nothing", target));
    assertThat(Files.readAllBytes(target)).isEqualTo(content);
    assertThatThrownBy(() -> files.upload(directory.resolve("nope"), "x", WriteOptions.defaults()))
        .isInstanceOf(SandboxException.class)
        .message()
        .doesNotContain(directory.toString());
    try (var left = Files.list(directory)) {
      assertThat(left.map(path -> path.getFileName().toString()))
          .noneMatch(name -> name.endsWith(".tmp"));
    }
  }

  @Test
  void listing_isSortedPagedAndTyped() throws IOException {
    for (int i = 0; i < 25; i++) {
      files.writeString("d/f" + (100 + i), "x");
    }
    Files.createSymbolicLink(bridge.root.resolve("d/link"), Path.of("nowhere"));
    files.makeDirectories("d/sub/deep");
    assertThat(files.list("d")).hasSize(27).extracting(FileInfo::path).isSorted();
    ListPage page = files.listPage(ListRequest.of("d").pageSize(10));
    assertThat(page.entries()).hasSize(10);
    assertThat(page.last()).isFalse();
    ListPage second = files.listPage(ListRequest.of("d").pageSize(10).after(page.nextCursor()));
    assertThat(second.entries().get(0).path()).isEqualTo("f110");
    assertThat(files.listPage(ListRequest.of("d").recursively()).entries())
        .extracting(FileInfo::path)
        .contains("sub/deep");
    assertThat(files.statLink("d/link").linkTarget()).hasValue("nowhere");
    assertCode(Code.NOT_FOUND, () -> files.stat("d/link"));
    assertThat(files.exists("d/link")).isTrue();
    assertThat(files.exists("d/none")).isFalse();
    assertThat(files.exists("d/f100/none")).isFalse();
    assertThat(files.stat("d").isDirectory()).isTrue();
  }

  @Test
  void list_collapsesDirectories_withMoreEntriesThanAsked() {
    for (String name : List.of("d/few/1", "d/many/1", "d/many/2", "d/many/3")) {
      files.writeString(name, "");
    }

    List<FileInfo> entries =
        files.listPage(ListRequest.of("d").recursively().collapseOver(2)).entries();

    assertThat(entries).extracting(FileInfo::path).containsExactly("few", "few/1", "many");
    assertThat(entries.get(0).collapsedEntries()).isEmpty();
    assertThat(entries.get(2).collapsedEntries()).hasValue(3);
  }

  @Test
  void rename_and_delete() {
    files.writeString("a", "a");
    files.writeString("b", "b");
    assertCode(Code.ALREADY_EXISTS, () -> files.rename("a", "b", false));
    files.rename("a", "b", true);
    assertThat(files.readString("b")).isEqualTo("a");
    files.rename("b", "new/dir/c", false);
    assertCode(Code.CONFLICT, "NOT_EMPTY", () -> files.delete("new"));
    assertThat(files.deleteRecursively("new")).isTrue();
    assertThat(files.delete("new")).isFalse();
    assertThatThrownBy(() -> files.deleteRecursively("")).isInstanceOf(SandboxException.class);
  }

  @Test
  void readLines_isBoundedAndCutsBetweenCharacters() {
    files.writeString("t", "one\n" + "ä".repeat(50) + "\nthree\n");
    TextPage page = files.readLines("t", new LineRange(1, 2, 1000, 10));
    assertThat(page.lines()).isEqualTo(2);
    assertThat(page.totalLines()).isEqualTo(3);
    assertThat(page.more()).isTrue();
    assertThat(page.cutLines()).isEqualTo(1);
    assertThat(page.content()).contains("ä".repeat(5)).doesNotContain("\uFFFD");
    files.writeBytes("bin", new byte[100]);
    assertThat(files.readLines("bin", LineRange.defaults()).binary()).isTrue();
  }

  @Test
  void confined_refusesLinksAndWaysOut() throws IOException {
    files.makeDirectories("tree/sub");
    files.writeString("tree/sub/f", "x");
    Files.createSymbolicLink(bridge.root.resolve("tree/out"), Path.of("/etc"));
    SandboxFiles view = files.confinedTo("tree");
    assertThat(view.readString("sub/f")).isEqualTo("x");
    view.writeString("sub/g", "y");
    assertThat(files.readString("tree/sub/g")).isEqualTo("y");
    assertCode(Code.CONFLICT, () -> view.readString("out/passwd"));
    assertCode(Code.CONFLICT, () -> view.open("../x"));
    assertCode(Code.CONFLICT, () -> view.writeBytes("out/x", new byte[1]));
    assertCode(
        Code.CONFLICT,
        () ->
            view.write(
                "out/x", new ByteArrayInputStream(random(2_000_000)), WriteOptions.defaults()));
    assertCode(Code.INVALID_ARGUMENT, () -> view.readString("/etc/passwd"));
    assertCode(Code.UNSUPPORTED, () -> view.exportTar("sub", Compression.NONE));
    SandboxFiles inner = view.confinedTo("sub");
    assertThat(inner.readString("f")).isEqualTo("x");
    assertThat(inner.stat("f").path()).isEqualTo("f");
    assertCode(Code.CONFLICT, "OUTSIDE_ROOT", () -> inner.list("../"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"NONE", "GZIP", "ZSTD"})
  void tar_goesOutAndComesBack(String compression) throws IOException {
    files.writeBytes("src/big", random(3_000_000));
    files.writeString("src/dir/small", "small");
    files.makeDirectories("src/empty");
    Files.createSymbolicLink(bridge.root.resolve("src/link"), Path.of("dir/small"));
    byte[] archive;
    try (InputStream tar = files.exportTar("src", Compression.valueOf(compression))) {
      archive = tar.readAllBytes();
    }
    files.makeDirectories("dst");
    ArchiveSummary summary =
        files.importTar("dst", new ByteArrayInputStream(archive), ImportOptions.replacing());
    assertThat(summary.archiveBytes()).isEqualTo(archive.length);
    assertThat(summary.contentBytes()).isEqualTo(3_000_005);
    assertThat(files.readBytes("dst/big")).isEqualTo(random(3_000_000));
    assertThat(files.readString("dst/link")).isEqualTo("small");
    assertThat(files.stat("dst/empty").isDirectory()).isTrue();
    assertCode(
        Code.INVALID_ARGUMENT,
        "BAD_ARCHIVE",
        () ->
            files.importTar(
                "dst",
                new ByteArrayInputStream("no tar at all".repeat(1000).getBytes(UTF_8)),
                ImportOptions.merge()));
  }

  @Test
  void reads_areTriedAgainAfterALostConnection_writesAreNot() {
    files.writeString("f", "x");
    connections.sever();
    assertThat(files.readString("f")).isEqualTo("x");
    connections.sever();
    files.writeString("f", "y"); // the loss was visible before anything was asked
    assertThat(files.stat("f").size()).isEqualTo(1);
  }
}
