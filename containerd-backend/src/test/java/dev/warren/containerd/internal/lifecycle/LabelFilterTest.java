package dev.warren.containerd.internal.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class LabelFilterTest {
  @Test
  void filtersAreQuoted() {
    assertThat(LabelFilter.is("a.b", "x\"y\\z\u00e9\n"))
        .isEqualTo("labels.\"a.b\"==\"x\\\"y\\\\z\\U000000e9\\U0000000a\"");
  }
}
