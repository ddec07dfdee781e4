package dev.warren.internal.manager;

/** Told before each step of an operation that has several; a test can crash there. */
@FunctionalInterface
public interface Checkpoint {
  Checkpoint NONE = step -> {};

  void before(String step);
}
