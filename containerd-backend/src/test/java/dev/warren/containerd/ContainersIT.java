package dev.warren.containerd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.warren.ImageRef;
import dev.warren.Mount;
import dev.warren.SandboxException;
import dev.warren.SandboxException.Code;
import dev.warren.spi.ContainerInfo;
import dev.warren.spi.ContainerSpec;
import dev.warren.spi.ContainerSpec.InitialFile;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("engine")
class ContainersIT {
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

  static void assertCode(Code code, ThrowingCallable call) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            SandboxException.class, e -> assertThat(e.code()).as(e.getMessage()).isEqualTo(code));
  }

  @Test
  void labelsAreTheUsersOnlyAndFoundWhateverTheyHold() {
    Map<String, String> labels = Map.of("warren.bot", "a\"b\\c,d==e", "plain", "1");
    ContainerInfo made =
        fixture.runtime().containers().create(fixture.sleeper("labels").labels(labels).build());

    assertThat(made.labels()).isEqualTo(labels);
    assertThat(fixture.runtime().containers().get("labels")).contains(made);
    assertThat(fixture.runtime().containers().listByLabel("warren.bot"))
        .extracting(ContainerInfo::id)
        .containsExactly("labels");
    assertThat(fixture.runtime().containers().listByLabel("warren.bot", "a\"b\\c,d==e")).hasSize(1);
    assertThat(fixture.runtime().containers().listByLabel("warren.bot", "a")).isEmpty();
    assertThat(fixture.runtime().containers().listByLabel("plain\",id==\"labels")).isEmpty();
  }

  @Test
  void createOnAnExistingIdLeavesItUntouched() {
    fixture.run(fixture.spec("twice", "sh", "-c", "echo kept > /data/f; sleep 1000"));
    RuntimeFixture.pause(java.time.Duration.ofMillis(200));

    assertCode(
        Code.ALREADY_EXISTS,
        () -> fixture.runtime().containers().create(fixture.sleeper("twice").build()));

    assertThat(fixture.runtime().tasks().get("twice").orElseThrow().running()).isTrue();
    fixture.stop("twice");
    assertThat(fixture.runtime().snapshots().orElseThrow().containerUsage("twice").inodes())
        .isPositive();
  }

  @Test
  void failedCreateLeavesNothing() {
    assertCode(
        Code.NOT_FOUND,
        () ->
            fixture
                .runtime()
                .containers()
                .create(
                    ContainerSpec.builder(
                            "no-image", ImageRef.parse("localhost:1/none:1"), List.of("x"))
                        .build()));
    assertCode(
        Code.UNSUPPORTED,
        () ->
            fixture
                .runtime()
                .containers()
                .create(fixture.sleeper("no-shim").runtimeName(Optional.of("kata")).build()));
    assertCode(
        Code.UNSUPPORTED,
        () ->
            fixture
                .runtime()
                .containers()
                .create(fixture.sleeper("gpu").gpus(List.of("nvidia.com/gpu=0")).build()));
    assertCode(
        Code.INVALID_ARGUMENT,
        () ->
            fixture
                .runtime()
                .containers()
                .create(fixture.sleeper("nobody").user(Optional.of("ghost")).build()));

    for (String id : List.of("no-image", "no-shim", "gpu", "nobody")) {
      assertThat(fixture.runtime().containers().get(id)).isEmpty();
    }
    assertThat(fixture.runtime().snapshots().orElseThrow().orphaned()).isEmpty();
    assertThat(fixture.ctr("snapshots", "ls")).doesNotContain("warren-view");
  }

  @Test
  void lostRecordLeavesAnOrphanThatIsNeverOverwritten() {
    fixture.run(fixture.spec("orphan", "sh", "-c", "echo precious > /data/f"));
    fixture.runtime().tasks().awaitExit("orphan", RuntimeFixture.LONG);
    fixture.ctr("tasks", "rm", "orphan");
    // ctr would remove the snapshot with the container; the record alone is what gets lost.
    assertThat(fixture.ctr("containers", "rm", "--keep-snapshot", "orphan")).isEmpty();
    fixture.ctr("content", "prune", "references");

    assertThat(fixture.runtime().snapshots().orElseThrow().orphaned()).containsExactly("orphan");
    assertCode(
        Code.ALREADY_EXISTS,
        () -> fixture.runtime().containers().create(fixture.sleeper("orphan").build()));
    assertThat(fixture.runtime().snapshots().orElseThrow().orphaned()).containsExactly("orphan");

    fixture
        .runtime()
        .snapshots()
        .orElseThrow()
        .adopt(fixture.spec("orphan", "cat", "/data/f").build());
    fixture.runtime().tasks().start("orphan");
    fixture.runtime().tasks().awaitExit("orphan", RuntimeFixture.LONG);
    assertThat(fixture.logs("orphan")).isEqualTo("precious\n");
    assertThat(fixture.runtime().snapshots().orElseThrow().orphaned()).isEmpty();
  }

  @Test
  void deleteIsRepeatableAndFinishesWhatWasCutOff() {
    fixture.run(fixture.sleeper("gone"));
    fixture.runtime().containers().delete("gone");
    fixture.runtime().containers().delete("gone");
    fixture.runtime().containers().delete("never-was");

    assertThat(fixture.runtime().containers().get("gone")).isEmpty();
    assertThat(fixture.runtime().tasks().get("gone")).isEmpty();
    assertThat(fixture.ctr("snapshots", "ls")).doesNotContain("gone");

    fixture.runtime().containers().create(fixture.sleeper("half").build());
    fixture.ctr("snapshots", "rm", "half");
    fixture.runtime().containers().delete("half");
    assertThat(fixture.runtime().containers().get("half")).isEmpty();
  }

  @Test
  void usersAreResolvedInTheImage() {
    assertThat(
            fixture.output(
                fixture
                    .spec("user-name", "sh", "-c", "id -u; id -g; id -G")
                    .user(Optional.of("app"))))
        .isEqualTo("1000\n1001\n1001 50\n");
    assertThat(
            fixture.output(
                fixture
                    .spec("user-number", "sh", "-c", "id -u; id -g")
                    .user(Optional.of("1234:5678"))))
        .isEqualTo("1234\n5678\n");
    assertThat(
            fixture.output(
                fixture
                    .spec("user-group", "sh", "-c", "id -u; id -g")
                    .user(Optional.of("app:staff"))))
        .isEqualTo("1000\n50\n");
  }

  @Test
  void initialFilesAreThereBeforeTheFirstStart() throws IOException {
    Path source = Files.writeString(fixture.directory().resolve("tool"), "#!/bin/sh\necho ran\n");
    String deep = "/opt/" + "long-directory-name/".repeat(6) + "tool";

    String output =
        fixture.output(
            fixture
                .spec("files", "sh", "-c", deep + "; ls -ln /opt/warren/tool | cut -c1-10")
                .files(
                    List.of(
                        new InitialFile(deep, 0755, source),
                        new InitialFile("/opt/warren/tool", 0540, source))));

    assertThat(output).isEqualTo("ran\n-r-xr-----\n");
  }

  @Test
  void environmentHostNameAndResolverAreTheSpecs() throws IOException {
    String output =
        fixture.output(
            fixture
                .spec(
                    "env",
                    "sh",
                    "-c",
                    "echo $FROM_IMAGE $A $TZ; hostname; pwd; cat /etc/resolv.conf | grep name")
                .env(Map.of("A", "b c"))
                .hostName("my-host")
                .timeZone(Optional.of("Europe/Berlin"))
                .dns(List.of(InetAddress.getByName("192.0.2.53"))));

    assertThat(output).isEqualTo("yes b c Europe/Berlin\nmy-host\n/data\nnameserver 192.0.2.53\n");
  }

  @Test
  void bindsAreReadOnlyOrNotAndFollowTheirLinksAtEachStart() throws IOException {
    Path one = Files.createDirectories(fixture.directory().resolve("one"));
    Path two = Files.createDirectories(fixture.directory().resolve("two"));
    Files.writeString(one.resolve("f"), "one");
    Files.writeString(two.resolve("f"), "two");
    Path link = Files.createSymbolicLink(fixture.directory().resolve("link"), one);

    fixture.run(
        fixture
            .spec("binds", "sh", "-c", "cat /in/f; (echo x > /in/g) 2>/dev/null || echo refused")
            .mounts(
                List.of(new Mount.Bind(link, "/in", true), new Mount.Tmpfs("/scratch", 1 << 20))));
    fixture.runtime().tasks().awaitExit("binds", RuntimeFixture.LONG);
    assertThat(fixture.logs("binds")).isEqualTo("onerefused\n");

    Files.delete(link);
    Files.createSymbolicLink(link, two);
    fixture.runtime().tasks().start("binds");
    fixture.runtime().tasks().awaitExit("binds", RuntimeFixture.LONG);
    assertThat(fixture.logs("binds")).isEqualTo("tworefused\n");

    Files.delete(link);
    Files.createSymbolicLink(link, Path.of("/etc"));
    assertCode(Code.PERMISSION_DENIED, () -> fixture.runtime().tasks().start("binds"));
  }
}
