package dev.warren.docker.internal.snapshot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.warren.ImageRef;
import dev.warren.Network;
import dev.warren.PullOptions;
import dev.warren.SandboxException;
import dev.warren.SandboxException.Code;
import dev.warren.StateDirectory;
import dev.warren.docker.DockerDaemon;
import dev.warren.docker.EngineUnderTest;
import dev.warren.docker.internal.container.TemporaryImages;
import dev.warren.spi.ContainerSpec;
import dev.warren.spi.SandboxRuntime;
import dev.warren.spi.Snapshot;
import dev.warren.spi.Snapshots;
import dev.warren.testsupport.Exclusive;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Tag("engine")
@Exclusive(EngineUnderTest.LOCAL)
@Timeout(120)
class DockerSnapshotsIT {
  private static final String OWNER = "snapshots-it";

  @TempDir Path directory;
  private final String run = "s" + UUID.randomUUID().toString().substring(0, 8);
  private final List<String> ids = new ArrayList<>();
  private final List<String> names = new ArrayList<>();
  private final EngineUnderTest engine = EngineUnderTest.local();
  private final ImageRef image = ImageRef.parse(engine.image());
  private SandboxRuntime runtime;

  @BeforeEach
  void open() {
    runtime = open(OWNER);
    if (runtime.images().get(image).isEmpty()) {
      runtime.images().pull(image, PullOptions.none());
    }
  }

  private SandboxRuntime open(String owner) {
    return engine.builder(owner).stateDirectory(StateDirectory.at(directory)).build();
  }

  @AfterEach
  void close() {
    ids.forEach(runtime.containers()::delete);
    for (int i = names.size() - 1; i >= 0; i--) {
      snapshots().delete(names.get(i));
    }
    assertThat(workImages()).isEmpty();
    assertThat(directory.resolve("docker"))
        .satisfiesAnyOf(
            left -> assertThat(left).doesNotExist(), left -> assertThat(left).isEmptyDirectory());
    runtime.close();
  }

  private Snapshots snapshots() {
    return runtime.snapshots().orElseThrow();
  }

  /** Images without a name that were made for containers of this test. */
  private String workImages() {
    StringBuilder left = new StringBuilder();
    for (String id : ids) {
      left.append(docker("images", "-q", "--filter", "label=" + TemporaryImages.LABEL + "=" + id));
    }
    return left.toString();
  }

  private String docker(String... arguments) {
    List<String> command = new ArrayList<>(List.of("docker", "--host", engine.address()));
    command.addAll(List.of(arguments));
    return DockerDaemon.shell(command.toArray(String[]::new));
  }

  private String id(String name) {
    String id = run + "-" + name;
    if (!ids.contains(id)) {
      ids.add(id);
    }
    return id;
  }

  private String name(String name) {
    names.add(run + "-" + name);
    return run + "-" + name;
  }

  private ContainerSpec.Builder spec(String id, String script) {
    return ContainerSpec.builder(id, image, List.of("sh", "-c", script)).network(Network.none());
  }

  private String runToEnd(String id) {
    runtime.tasks().start(id);
    runtime.tasks().awaitExit(id, Duration.ofSeconds(60));
    try (InputStream log = runtime.tasks().logs(id)) {
      return new String(log.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private String ran(String name, String script) {
    String id = id(name);
    runtime.containers().create(spec(id, script).build());
    runToEnd(id);
    return id;
  }

  private String restored(String name, String snapshot, String script) {
    String id = id(name);
    snapshots().restore(spec(id, script).build(), snapshot);
    return runToEnd(id);
  }

  private String imported(String name, byte[] tar, String script) {
    String id = id(name);
    runtime.containers().create(spec(id, script).build());
    snapshots().importInto(id, new ByteArrayInputStream(tar));
    return runToEnd(id);
  }

  private byte[] exported(String what) throws IOException {
    try (InputStream tar = snapshots().export(what)) {
      return tar.readAllBytes();
    }
  }

  private static void fails(Code code, ThrowingCallable call) {
    Throwable failure = catchThrowable(call);
    assertThat(failure).isInstanceOf(SandboxException.class);
    assertThat(((SandboxException) failure).code()).as(failure.toString()).isEqualTo(code);
  }

  @Test
  void commit_ofAContainer_keepsNothingOfItsEnvironmentAndLabels() {
    String source = id("source");
    runtime
        .containers()
        .create(
            spec(source, "echo x > /data/f")
                .env(Map.of("TOKEN", "secret-of-a"))
                .labels(Map.of("bot", "a"))
                .build());
    runToEnd(source);
    String kept = name("one");
    Snapshot made = snapshots().commit(source, kept);

    assertThat(snapshots().list(source)).containsExactly(made);
    assertThat(
            docker(
                "inspect",
                docker("images", "-q", "--filter", "label=" + SnapshotLabels.NAME + "=" + kept)))
        .contains(kept)
        .doesNotContain("secret-of-a")
        .doesNotContain("\"bot\"");
    assertThat(restored("other", kept, "cat /data/f; echo [$TOKEN]; echo $FROM_IMAGE"))
        .isEqualTo("x\n[]\nyes\n");
    var info = runtime.containers().get(id("other")).orElseThrow();
    assertThat(info.labels()).isEmpty();
    assertThat(info.image()).isEqualTo(image.toString());
  }

  @Test
  void delete_whileSomethingIsBasedOnIt_isConflict() {
    String source = ran("source", "echo x > /data/f");
    String first = name("first");
    snapshots().commit(source, first);
    assertThat(restored("copy", first, "echo y >> /data/f; cat /data/f")).isEqualTo("x\ny\n");
    fails(Code.CONFLICT, () -> snapshots().delete(first));
    String second = name("second");
    snapshots().commit(id("copy"), second);
    runtime.containers().delete(id("copy"));
    fails(Code.CONFLICT, () -> snapshots().delete(first));

    assertThat(restored("again", second, "cat /data/f")).isEqualTo("x\ny\n");
    runtime.containers().delete(id("again"));
    snapshots().delete(second);
    snapshots().delete(first);
    assertThat(snapshots().list(source)).isEmpty();
  }

  @Test
  void names_ofAllKinds_areApart() {
    String source = ran("source", "echo x > /data/f");
    List<String> odd =
        List.of(
            "." + run,
            "-" + run,
            "_" + run,
            run.toUpperCase(java.util.Locale.ROOT),
            run,
            run + "x".repeat(128 - run.length()));
    for (String each : odd) {
      names.add(each);
      snapshots().commit(source, each);
    }
    assertThat(snapshots().list(source)).extracting(Snapshot::name).containsExactlyElementsOf(odd);
    fails(Code.INVALID_ARGUMENT, () -> snapshots().commit(source, "a/b"));
    fails(Code.INVALID_ARGUMENT, () -> snapshots().commit(source, "x".repeat(129)));
  }

  @Test
  void owners_doNotSeeEachOthersSnapshots() {
    String source = ran("source", "echo x > /data/f");
    String kept = name("one");
    snapshots().commit(source, kept);
    try (SandboxRuntime other = open("Other.Owner")) {
      Snapshots theirs = other.snapshots().orElseThrow();
      assertThat(theirs.list()).extracting(Snapshot::name).doesNotContain(kept);
      fails(Code.NOT_FOUND, () -> theirs.usage(kept));
      fails(Code.PERMISSION_DENIED, () -> theirs.commit(source, kept));
      fails(Code.PERMISSION_DENIED, () -> theirs.export(source));
      theirs.delete(kept);
    }
    assertThat(snapshots().list(source)).hasSize(1);
    assertThat(runtime.images().list())
        .extracting(listed -> listed.ref().toString())
        .noneMatch(ref -> ref.contains(kept));
  }

  @Test
  void usage_isOfTheOwnLayerOnly() {
    String source = ran("source", "head -c 300000 /dev/urandom > /data/f");
    assertThat(snapshots().containerUsage(source).bytes()).isBetween(300_000L, 400_000L);
    String first = name("first");
    snapshots().commit(source, first);
    restored("copy", first, "head -c 100000 /dev/urandom > /data/g");
    String second = name("second");
    snapshots().commit(id("copy"), second);
    assertThat(snapshots().usage(first).bytes()).isBetween(300_000L, 400_000L);
    assertThat(snapshots().usage(second).bytes()).isBetween(100_000L, 200_000L);
  }

  @Test
  void export_intoAnotherContainer_carriesContentRightsLinksAndRemovals() throws Exception {
    String source =
        ran(
            "source",
            "echo a > /data/a; ln -sf a /data/link; ln /data/a /data/hard; rm -f /etc/notexec;"
                + " chown 5:6 /data/a; chmod 4750 /data/a; rm -r /home; mkdir /home");
    byte[] tar = exported(source);

    assertThat(
            imported(
                "target",
                tar,
                "cat /data/hard; readlink /data/link; stat -c '%a %u %g %h' /data/a;"
                    + " ls /etc/notexec 2>/dev/null || echo removed; ls -A /home"))
        .isEqualTo("a\na\n4750 5 6 2\nremoved\n");
    assertThat(runtime.containers().get(id("target")).orElseThrow().image())
        .isEqualTo(image.toString());
    runtime.containers().delete(id("target"));
    assertThat(workImages()).isEmpty();
  }

  @Test
  void export_ofWhatWasRestored_holdsAllChangesSinceTheImage() throws Exception {
    String source =
        ran(
            "source",
            "echo 1 > /data/kept; echo 1 > /data/changed; echo 1 > /data/removed;"
                + " ln /data/changed /data/linked; rm -r /home; echo file > /home;"
                + " mkdir /data/dir; echo 1 > /data/dir/old");
    String first = name("first");
    snapshots().commit(source, first);
    restored(
        "copy",
        first,
        "rm /data/changed; echo 2 > /data/changed; rm /data/removed; rm /home; mkdir /home;"
            + " rm -r /data/dir; mkdir /data/dir; echo 2 > /data/dir/new");
    String second = name("second");
    snapshots().commit(id("copy"), second);
    String look =
        "cat /data/kept /data/changed /data/linked; ls /data; ls -A /home /data/dir; cat /data/dir/new";
    String expected = restored("expected", second, look);

    byte[] fromContainer = exported(id("copy"));
    byte[] fromSnapshot = exported(second);

    assertThat(imported("one", fromContainer, look)).isEqualTo(expected);
    assertThat(imported("two", fromSnapshot, look)).isEqualTo(expected);
    assertThat(expected).startsWith("1\n2\n1\n").doesNotContain("removed").doesNotContain("old");
  }

  @Test
  void importedContainer_isCommittedAndExportedAsAny() throws Exception {
    byte[] tar = exported(ran("source", "echo a > /data/a"));
    imported("target", tar, "echo b > /data/b");
    String kept = name("kept");
    snapshots().commit(id("target"), kept);
    byte[] again = exported(id("target"));
    runtime.containers().delete(id("target"));

    assertThat(restored("restored", kept, "cat /data/a /data/b")).isEqualTo("a\nb\n");
    assertThat(imported("twice", again, "cat /data/a /data/b")).isEqualTo("a\nb\n");
  }

  @Test
  void importInto_damagedArchive_isRefusedAndChangesNothing() throws Exception {
    byte[] tar = exported(ran("donor", "echo a > /data/a; head -c 100000 /dev/zero > /data/z"));
    String victim = id("victim");
    runtime.containers().create(spec(victim, "ls /data").build());
    byte[] broken = tar.clone();
    broken[3] ^= 0x55;

    for (byte[] bad :
        List.of(Arrays.copyOf(tar, tar.length - 5000), broken, new byte[100], new byte[0])) {
      fails(
          Code.INVALID_ARGUMENT,
          () -> snapshots().importInto(victim, new ByteArrayInputStream(bad)));
    }
    assertThat(workImages()).isEmpty();
    assertThat(runToEnd(victim)).isEmpty();
    fails(Code.CONFLICT, () -> snapshots().importInto(victim, new ByteArrayInputStream(tar)));
  }

  @Test
  void importInto_nameThatLeavesTheContainer_staysInsideItOrIsRefused() {
    byte[] tar = LayerTars.of("../../../" + run, "x");
    try {
      assertThat(imported("target", tar, "cat /" + run)).isEqualTo("x");
    } catch (SandboxException e) {
      assertThat(e.code()).as("%s", e).isEqualTo(Code.INVALID_ARGUMENT);
      assertThat(e.reason()).as("as newer engines do").contains("BAD_ARCHIVE");
    }
    assertThat(Path.of("/", run)).doesNotExist();
  }

  @Test
  void commit_thatWasCutOff_leavesNothingThatCountsAndIsTidiedUp() {
    String source = ran("source", "echo x > /data/f");
    docker("commit", "--change", "LABEL " + TemporaryImages.LABEL + "=" + source, source);
    assertThat(workImages()).isNotEmpty();
    assertThat(snapshots().list(source)).isEmpty();

    snapshots().commit(source, name("one"));

    assertThat(workImages()).isEmpty();
    assertThat(snapshots().list(source)).hasSize(1);
  }

  @Test
  void running_isConflictForAll() {
    String id = id("runs");
    runtime.containers().create(spec(id, "sleep 1000").build());
    runtime.tasks().start(id);
    fails(Code.CONFLICT, () -> snapshots().commit(id, run + "-no"));
    fails(Code.CONFLICT, () -> snapshots().export(id));
    fails(
        Code.CONFLICT, () -> snapshots().importInto(id, new ByteArrayInputStream(new byte[1024])));
  }
}
