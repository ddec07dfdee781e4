package dev.warren.testkit.internal.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.warren.spi.ContainerInfo;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Cases of labels and listings. */
public abstract class LabelCases extends ContractCases {

  protected LabelCases(ContractBench bench) {
    super(bench);
  }

  private String labelled(String key, String value) {
    String id = bench.id();
    containers()
        .create(bench.spec(id, settings().sleepForever()).labels(Map.of(key, value)).build());
    return id;
  }

  @Test
  void get_container_hasItsLabels() {
    String id = labelled("dev.warren.test", "värde with space");
    assertThat(containers().get(id).orElseThrow().labels())
        .containsEntry("dev.warren.test", "värde with space");
  }

  /** "sorted by id" */
  @Test
  void list_containers_areSortedById() {
    String first = labelled("a", "1");
    String second = labelled("a", "2");
    assertThat(containers().list())
        .extracting(ContainerInfo::id)
        .contains(first, second)
        .isSorted();
  }

  /** "Those with this label, whatever its value." */
  @Test
  void listByLabel_key_findsAnyValue() {
    String key = "dev.warren." + bench.id();
    String one = labelled(key, "1");
    String two = labelled(key, "2");
    labelled("dev.warren.other", "1");
    assertThat(containers().listByLabel(key))
        .extracting(ContainerInfo::id)
        .containsExactly(one, two);
  }

  /** "Those with this value of the label." */
  @Test
  void listByLabel_keyAndValue_findsThatValueOnly() {
    String key = "dev.warren." + bench.id();
    labelled(key, "1");
    String two = labelled(key, "2");
    labelled(key, "22");
    assertThat(containers().listByLabel(key, "2"))
        .extracting(ContainerInfo::id)
        .containsExactly(two);
  }

  @Test
  void listByLabel_unknown_isEmpty() {
    assertThat(containers().listByLabel("dev.warren." + bench.id())).isEmpty();
    assertThat(containers().listByLabel(ContractBench.LABEL, "no \"such, value")).isEmpty();
  }

  @Test
  void get_absent_isEmpty() {
    assertThat(containers().get(bench.id())).isEmpty();
  }
}
