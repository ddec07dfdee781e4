package dev.warren.testkit.internal.contract;

import static dev.warren.testkit.internal.contract.ContractBench.fails;
import static org.assertj.core.api.Assertions.assertThat;

import dev.warren.Network;
import dev.warren.SandboxException.Code;
import dev.warren.spi.RuntimeInfo.Capability;
import java.net.InetAddress;
import org.junit.jupiter.api.Test;

/** Cases of {@link dev.warren.spi.Networks}. */
public abstract class NetworkCases extends ContractCases {
  private static final int PORT = 9090;

  protected NetworkCases(ContractBench bench) {
    super(bench);
  }

  /** "Never attaches twice: an existing attachment is recovered" */
  @Test
  void setUp_twice_tellsTheSameAddress() throws Exception {
    bench.assume(Capability.NETWORKS);
    String id = bench.startSleeper();
    InetAddress address = networks().setUp(id).orElseThrow();
    assertThat(networks().setUp(id)).contains(address);
    assertThat(bench.reopen().networks().setUp(id)).contains(address);
  }

  @Test
  void setUp_twoTasks_haveDifferentAddresses() {
    bench.assume(Capability.NETWORKS);
    InetAddress first = networks().setUp(bench.startSleeper()).orElseThrow();
    InetAddress second = networks().setUp(bench.startSleeper()).orElseThrow();
    assertThat(first).isNotEqualTo(second);
    assertThat(first.isAnyLocalAddress()).isFalse();
  }

  /** "empty for Network.None" */
  @Test
  void setUp_withoutNetwork_isEmpty() {
    bench.assume(Capability.NETWORKS);
    String id = unconnected();
    assertThat(networks().setUp(id)).isEmpty();
    assertThat(networks().check(id)).isEmpty();
  }

  /** "UNSUPPORTED for Network.None" */
  @Test
  void endpoint_withoutNetwork_isUnsupported() {
    bench.assume(Capability.NETWORKS);
    String id = unconnected();
    fails(Code.UNSUPPORTED, () -> networks().endpoint(id, PORT));
  }

  private String unconnected() {
    String id = bench.id();
    containers().create(bench.spec(id, settings().sleepForever()).network(Network.none()).build());
    tasks().start(id);
    return id;
  }

  /** "Where this host reaches a port of the task" */
  @Test
  void endpoint_running_isAnAddressAndAPort() {
    bench.assume(Capability.NETWORKS);
    String id = bench.startSleeper();
    assertThat(networks().endpoint(id, PORT).isUnresolved()).isFalse();
    assertThat(networks().endpoint(id, PORT).getPort()).isPositive();
  }

  /** "NOT_FOUND when there is no task" */
  @Test
  void setUp_noTask_isNotFound() {
    String created = bench.create(settings().sleepForever());
    fails(Code.NOT_FOUND, () -> networks().setUp(created));
    fails(Code.NOT_FOUND, () -> networks().endpoint(bench.id(), PORT));
  }

  /** "CONFLICT when it has ended" */
  @Test
  void setUp_ended_isConflict() {
    String id = bench.create(settings().exitWith().apply(0));
    bench.runToEnd(id);
    fails(Code.CONFLICT, () -> networks().setUp(id));
    fails(Code.CONFLICT, () -> networks().endpoint(id, PORT));
  }

  /** "Works for tasks that have ended", and "What would remove something absent … succeeds" */
  @Test
  void remove_endedOrAbsent_succeeds() {
    String id = bench.startSleeper();
    bench.kill(id);
    networks().remove(id);
    networks().remove(id);
    networks().remove(bench.id());
    assertThat(tasks().get(id)).isPresent();
  }

  /** "Tells whether the attachment is intact" */
  @Test
  void check_afterStartRemoveAndSetUp_tellsTheState() {
    bench.assume(Capability.NETWORKS);
    String id = bench.startSleeper();
    networks().setUp(id);
    assertThat(networks().check(id)).isEmpty();
    networks().remove(id);
    assertThat(networks().check(id)).isPresent();
    assertThat(networks().setUp(id)).isPresent();
    assertThat(networks().check(id)).isEmpty();
  }

  /** "The network attachment is released" by stop, and a restart gets one again. */
  @Test
  void setUp_afterRestart_worksAgain() {
    bench.assume(Capability.NETWORKS);
    String id = bench.startSleeper();
    networks().setUp(id);
    bench.kill(id);
    tasks().start(id);
    assertThat(networks().setUp(id)).isPresent();
    assertThat(networks().check(id)).isEmpty();
  }
}
