package dev.warren.testkit.internal.contract;

import static dev.warren.testkit.internal.contract.ContractBench.fails;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.warren.SandboxException.Code;
import dev.warren.spi.RuntimeInfo.Capability;
import dev.warren.spi.Snapshot;
import dev.warren.spi.Snapshots;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import org.junit.jupiter.api.Test;

/** Cases of {@link Snapshots}. */
public abstract class SnapshotCases extends ContractCases {

  protected SnapshotCases(ContractBench bench) {
    super(bench);
  }

  private String ranOnce() {
    String id = bench.create(bench.appendAndShow());
    assertThat(bench.linesAfterRun(id)).isEqualTo(1);
    return id;
  }

  /** "The container stays usable and goes on from the same content." */
  @Test
  void commit_stopped_keepsACopyAndTheContainerGoesOn() {
    Snapshots snapshots = bench.assumeSnapshots();
    String id = ranOnce();
    Snapshot made = snapshots.commit(id, bench.snapshotName());
    assertThat(made.containerId()).isEqualTo(id);
    assertThat(bench.linesAfterRun(id)).isEqualTo(2);
  }

  /** "CONFLICT while its task runs" */
  @Test
  void commit_running_isConflict() {
    Snapshots snapshots = bench.assumeSnapshots();
    String id = bench.startSleeper();
    fails(Code.CONFLICT, () -> snapshots.commit(id, bench.snapshotName()));
  }

  /** "ALREADY_EXISTS for the name, NOT_FOUND for the container" */
  @Test
  void commit_takenNameOrAbsentContainer_fails() {
    Snapshots snapshots = bench.assumeSnapshots();
    String id = ranOnce();
    String name = bench.snapshotName();
    snapshots.commit(id, name);
    fails(Code.ALREADY_EXISTS, () -> snapshots.commit(id, name));
    fails(Code.NOT_FOUND, () -> snapshots.commit(bench.id(), bench.snapshotName()));
    assertThat(snapshots.list(id)).extracting(Snapshot::name).containsExactly(name);
  }

  /** "Names are … [A-Za-z0-9._-], at most 128" */
  @Test
  void commit_malformedName_isInvalid() {
    Snapshots snapshots = bench.assumeSnapshots();
    String id = bench.create(settings().sleepForever());
    fails(Code.INVALID_ARGUMENT, () -> snapshots.commit(id, "../x"));
    fails(Code.INVALID_ARGUMENT, () -> snapshots.commit(id, ""));
    fails(Code.INVALID_ARGUMENT, () -> snapshots.commit(id, "x".repeat(129)));
  }

  /** "Those made from one container, oldest first; it may be gone." */
  @Test
  void list_ofDeletedContainer_holdsItsSnapshotsOldestFirst() {
    Snapshots snapshots = bench.assumeSnapshots();
    String id = ranOnce();
    String first = bench.snapshotName();
    String second = bench.snapshotName();
    snapshots.commit(id, first);
    snapshots.commit(id, second);
    containers().delete(id);
    assertThat(snapshots.list(id)).extracting(Snapshot::name).containsExactly(first, second);
    assertThat(snapshots.list()).extracting(Snapshot::name).contains(first, second);
  }

  /** "Makes a container whose writable layer starts as the snapshot." */
  @Test
  void restore_snapshot_startsFromItsContent() {
    Snapshots snapshots = bench.assumeSnapshots();
    String id = ranOnce();
    String name = bench.snapshotName();
    snapshots.commit(id, name);
    assertThat(bench.linesAfterRun(id)).isEqualTo(2);
    String restored = bench.id();
    snapshots.restore(bench.spec(restored, bench.appendAndShow()).build(), name);
    assertThat(bench.linesAfterRun(restored)).isEqualTo(2);
    String again = bench.id();
    snapshots.restore(bench.spec(again, bench.appendAndShow()).build(), name);
    assertThat(bench.linesAfterRun(again)).as("the snapshot is read-only").isEqualTo(2);
  }

  /** "as for create; NOT_FOUND for the snapshot" */
  @Test
  void restore_takenIdOrAbsentSnapshot_failsAndLeavesNothing() {
    Snapshots snapshots = bench.assumeSnapshots();
    String id = ranOnce();
    String name = bench.snapshotName();
    snapshots.commit(id, name);
    fails(
        Code.ALREADY_EXISTS,
        () -> snapshots.restore(bench.spec(id, bench.appendAndShow()).build(), name));
    assertThat(bench.linesAfterRun(id)).isEqualTo(2);
    String other = bench.id();
    fails(
        Code.NOT_FOUND,
        () ->
            snapshots.restore(
                bench.spec(other, bench.appendAndShow()).build(), bench.snapshotName()));
    assertThat(containers().get(other)).isEmpty();
  }

  @Test
  void delete_snapshot_isGoneAndDeletingAgainSucceeds() {
    Snapshots snapshots = bench.assumeSnapshots();
    String id = ranOnce();
    String name = bench.snapshotName();
    snapshots.commit(id, name);
    containers().delete(id);
    snapshots.delete(name);
    snapshots.delete(name);
    assertThat(snapshots.list(id)).isEmpty();
    fails(Code.NOT_FOUND, () -> snapshots.usage(name));
  }

  @Test
  void usage_layerWithContent_isPositive() {
    Snapshots snapshots = bench.assumeSnapshots();
    String id = ranOnce();
    String name = bench.snapshotName();
    snapshots.commit(id, name);
    assertThat(snapshots.containerUsage(id).inodes()).isNotNegative();
    assertThat(snapshots.usage(name).bytes()).isPositive();
    fails(Code.NOT_FOUND, () -> snapshots.containerUsage(bench.id()));
  }

  /** "Applies a tar made by export to the writable layer of a container that has never started." */
  @Test
  void importInto_exportedLayer_carriesTheContent() throws Exception {
    Snapshots snapshots = bench.assumeSnapshots();
    String source = ranOnce();
    String target = bench.create(bench.appendAndShow());
    try (InputStream tar = snapshots.export(source)) {
      snapshots.importInto(target, tar);
    }
    assertThat(bench.linesAfterRun(target)).isEqualTo(2);
    assertThat(bench.linesAfterRun(source)).isEqualTo(2);
  }

  /** "CONFLICT when it has a task" */
  @Test
  void importInto_startedContainer_isConflict() {
    Snapshots snapshots = bench.assumeSnapshots();
    String id = ranOnce();
    fails(Code.CONFLICT, () -> snapshots.importInto(id, new ByteArrayInputStream(new byte[1024])));
  }

  /** "INVALID_ARGUMENT for a damaged archive" */
  @Test
  void importInto_damagedArchive_isInvalid() {
    Snapshots snapshots = bench.assumeSnapshots();
    String id = bench.create(bench.appendAndShow());
    byte[] junk =
        "this is no archive ".repeat(100).getBytes(java.nio.charset.StandardCharsets.UTF_8);
    fails(Code.INVALID_ARGUMENT, () -> snapshots.importInto(id, new ByteArrayInputStream(junk)));
  }

  /** "create refuses to overwrite such a layer" and "Makes a container again around" it. */
  @Test
  void adopt_orphanedLayer_keepsTheData() {
    Snapshots snapshots = bench.assumeSnapshots();
    String id = ranOnce();
    if (!bench.can(Capability.DETACHED_LAYERS)) {
      containers().delete(id);
      assertThat(snapshots.orphaned()).doesNotContain(id);
      fails(Code.NOT_FOUND, () -> snapshots.adopt(bench.spec(id, bench.appendAndShow()).build()));
      return;
    }
    assumeTrue(settings().loseContainer().test(runtime(), id), "the test cannot lose a container");
    assertThat(containers().get(id)).isEmpty();
    assertThat(snapshots.orphaned()).contains(id);
    fails(
        Code.ALREADY_EXISTS,
        () -> containers().create(bench.spec(id, bench.appendAndShow()).build()));
    snapshots.adopt(bench.spec(id, bench.appendAndShow()).build());
    assertThat(snapshots.orphaned()).doesNotContain(id);
    assertThat(bench.linesAfterRun(id)).isEqualTo(2);
  }

  /** "NOT_FOUND when there is no such layer" */
  @Test
  void adopt_noLayer_isNotFound() {
    Snapshots snapshots = bench.assumeSnapshots();
    fails(
        Code.NOT_FOUND,
        () -> snapshots.adopt(bench.spec(bench.id(), bench.appendAndShow()).build()));
  }
}
