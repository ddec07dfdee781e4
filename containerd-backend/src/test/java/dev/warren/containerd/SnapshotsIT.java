package dev.warren.containerd;

import static dev.warren.containerd.ContainersIT.assertCode;
import static org.assertj.core.api.Assertions.assertThat;

import dev.warren.SandboxException.Code;
import dev.warren.spi.Snapshot;
import dev.warren.spi.Snapshots;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.util.Arrays;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("engine")
class SnapshotsIT {
  private static RuntimeFixture fixture;

  @BeforeAll
  static void open() {
    fixture = RuntimeFixture.shared();
  }

  @AfterAll
  static void close() {
    if (fixture != null) {
      fixture.close();
    }
  }

  private static Snapshots snapshots() {
    return fixture.runtime().snapshots().orElseThrow();
  }

  private static void runToEnd(String id, String script) {
    fixture.run(fixture.spec(id, "sh", "-c", script));
    fixture.runtime().tasks().awaitExit(id, RuntimeFixture.LONG);
  }

  private static String read(String id, String snapshot, String script) {
    snapshots().restore(fixture.spec(id, "sh", "-c", script).build(), snapshot);
    fixture.runtime().tasks().start(id);
    fixture.runtime().tasks().awaitExit(id, RuntimeFixture.LONG);
    return fixture.logs(id);
  }

  @Test
  void commitKeepsACopyAndTheContainerGoesOn() {
    runToEnd("source", "echo x >> /data/f; cat /data/f");
    Snapshot one = snapshots().commit("source", "one");
    assertThat(fixture.runtime().tasks().get("source").orElseThrow().exit()).isPresent();
    fixture.runtime().tasks().start("source");
    fixture.runtime().tasks().awaitExit("source", RuntimeFixture.LONG);
    assertThat(fixture.logs("source")).isEqualTo("x\nx\n");
    Snapshot two = snapshots().commit("source", "two");

    assertThat(snapshots().list("source")).containsExactly(one, two);
    assertThat(snapshots().list()).contains(one, two);
    assertThat(snapshots().usage("one").inodes()).isPositive();
    assertCode(Code.ALREADY_EXISTS, () -> snapshots().commit("source", "two"));
    assertCode(Code.NOT_FOUND, () -> snapshots().commit("absent", "three"));
    assertThat(read("restored", "one", "cat /data/f")).isEqualTo("x\n");
    assertCode(Code.CONFLICT, () -> snapshots().delete("one"));

    fixture.runtime().containers().delete("source");
    assertThat(snapshots().list("source")).containsExactly(one, two);
    fixture.runtime().containers().delete("restored");
    snapshots().delete("two");
    snapshots().delete("one");
    snapshots().delete("one");
    assertThat(snapshots().list("source")).isEmpty();
    assertCode(Code.NOT_FOUND, () -> snapshots().usage("one"));
  }

  @Test
  void runningTaskIsNotCommittedNorExported() {
    fixture.run(fixture.sleeper("runs"));
    assertCode(Code.CONFLICT, () -> snapshots().commit("runs", "no"));
    assertCode(Code.CONFLICT, () -> snapshots().export("runs"));
    assertCode(
        Code.CONFLICT,
        () -> snapshots().importInto("runs", new ByteArrayInputStream(new byte[1024])));
    fixture.stop("runs");
  }

  @Test
  void exportGoesIntoAnotherContainer() throws Exception {
    runToEnd(
        "exported",
        "echo a > /data/a; ln -sf a /data/link; rm -f /etc/notexec; head -c 3000000"
            + " /dev/urandom > /data/big; chown 5:6 /data/a; chmod 4750 /data/a; md5sum < /data/big");
    snapshots().commit("exported", "base");
    fixture.runtime().tasks().start("exported");
    fixture.runtime().tasks().awaitExit("exported", RuntimeFixture.LONG);
    String sum = fixture.logs("exported");

    byte[] tar;
    try (InputStream stream = snapshots().export("exported")) {
      tar = stream.readAllBytes();
    }
    assertThat(fixture.ctr("leases", "ls", "-q")).doesNotContain("warren-");
    fixture
        .runtime()
        .containers()
        .create(
            fixture
                .spec(
                    "imported",
                    "sh",
                    "-c",
                    "md5sum < /data/big; readlink /data/link; stat -c '%a %u %g' /data/a; ls"
                        + " /etc/notexec 2>/dev/null || echo removed")
                .build());
    snapshots().importInto("imported", new ByteArrayInputStream(tar));
    fixture.runtime().tasks().start("imported");
    fixture.runtime().tasks().awaitExit("imported", RuntimeFixture.LONG);
    assertThat(fixture.logs("imported")).isEqualTo(sum + "a\n4750 5 6\nremoved\n");

    try (InputStream stream = snapshots().export("base")) {
      assertThat(stream.readAllBytes().length).isGreaterThan(3_000_000);
    }
    assertThat(fixture.ctr("snapshots", "ls")).doesNotContain("warren-export");
  }

  @Test
  void damagedArchivesAreRefusedAndChangeNothing() throws Exception {
    runToEnd("donor", "echo a > /data/a; head -c 100000 /dev/zero > /data/z");
    byte[] tar;
    try (InputStream stream = snapshots().export("donor")) {
      tar = stream.readAllBytes();
    }
    fixture.runtime().containers().create(fixture.spec("victim", "ls", "/data").build());
    byte[] broken = tar.clone();
    broken[700] ^= 0x55;
    broken[1024 + 3] ^= 0x55;

    assertCode(
        Code.INVALID_ARGUMENT,
        () ->
            snapshots()
                .importInto(
                    "victim", new ByteArrayInputStream(Arrays.copyOf(tar, tar.length - 5000))));
    assertCode(
        Code.INVALID_ARGUMENT,
        () -> snapshots().importInto("victim", new ByteArrayInputStream(broken)));
    assertCode(
        Code.INVALID_ARGUMENT,
        () -> snapshots().importInto("victim", new ByteArrayInputStream(new byte[100])));

    fixture.runtime().tasks().start("victim");
    fixture.runtime().tasks().awaitExit("victim", RuntimeFixture.LONG);
    assertThat(fixture.logs("victim")).isEmpty();
    assertCode(
        Code.CONFLICT, () -> snapshots().importInto("victim", new ByteArrayInputStream(tar)));
  }

  @Test
  void commitThatWasCutOffIsFinishedByTheNextUse() {
    runToEnd("cut", "echo x >> /data/f; cat /data/f");
    fixture.ctr("snapshots", "commit", "warren-snapshot/half", "cut");
    fixture.ctr(
        "snapshots",
        "label",
        "warren-snapshot/half",
        "dev.warren/container=cut",
        "dev.warren/unfinished=true");

    assertThat(snapshots().list("cut")).isEmpty();
    fixture.runtime().tasks().start("cut");
    fixture.runtime().tasks().awaitExit("cut", RuntimeFixture.LONG);
    assertThat(fixture.logs("cut")).isEqualTo("x\nx\n");
    assertThat(snapshots().list("cut")).extracting(Snapshot::name).containsExactly("half");
  }
}
