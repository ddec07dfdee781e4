package dev.warren.testkit.internal.contract;

import dev.warren.spi.Containers;
import dev.warren.spi.Networks;
import dev.warren.spi.SandboxRuntime;
import dev.warren.spi.Tasks;

/** A group of cases. Its comments quote the sentence of the SPI that a case checks. */
abstract class ContractCases {
  final ContractBench bench;

  ContractCases(ContractBench bench) {
    this.bench = bench;
  }

  SandboxRuntime runtime() {
    return bench.runtime();
  }

  Containers containers() {
    return runtime().containers();
  }

  Tasks tasks() {
    return runtime().tasks();
  }

  Networks networks() {
    return runtime().networks();
  }

  ContractSettings settings() {
    return bench.settings();
  }
}
