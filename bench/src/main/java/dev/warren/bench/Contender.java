package dev.warren.bench;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** One of those that are compared: takes one sample, and tidies up outside of the timed section. */
interface Contender {
  int WARM_UPS = 3;

  void sample(Figures figures) throws Exception;

  /**
   * Takes samples of all in turn, so that noise hits all alike; who is first changes every round.
   */
  static Figures interleave(int rounds, List<Contender> contenders) throws Exception {
    Figures figures = new Figures();
    List<Contender> order = new ArrayList<>(contenders);
    for (int round = -WARM_UPS; round < rounds; round++) {
      if (round == 0) {
        figures.clear();
      }
      for (Contender contender : order) {
        contender.sample(figures);
      }
      if (round >= 0) {
        Collections.rotate(order, 1);
      }
    }
    return figures;
  }
}
