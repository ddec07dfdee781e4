package dev.warren.internal.concurrent;

import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** A value that is made when it is first needed; a failure is not remembered. Thread-safe. */
public final class LazyValue<T> implements Supplier<T> {
  private final Supplier<T> maker;
  private @Nullable T value;

  public LazyValue(Supplier<T> maker) {
    this.maker = maker;
  }

  @Override
  public synchronized T get() {
    T made = value;
    if (made == null) {
      made = maker.get();
      value = made;
    }
    return made;
  }
}
