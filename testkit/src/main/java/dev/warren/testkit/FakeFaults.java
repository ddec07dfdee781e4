package dev.warren.testkit;

import dev.warren.SandboxException;
import dev.warren.SandboxException.Code;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiConsumer;
import java.util.function.Function;

/**
 * Makes calls to a {@link FakeSandboxRuntime} fail or take time, and counts them.
 *
 * <p>An operation is the name of a group and of its method, such as {@code tasks.start} or {@code
 * ping}; the subject is the id, name or reference it was called with. Where an operation is asked
 * for, a trailing {@code *} stands for any rest. Rules apply before anything was changed, in the
 * order they were made. Thread-safe.
 */
public final class FakeFaults {
  private final List<Rule> rules = new CopyOnWriteArrayList<>();
  private final Map<String, AtomicInteger> calls = new ConcurrentHashMap<>();

  FakeFaults() {}

  private record Rule(String operation, AtomicInteger left, Action action) {
    boolean takes(String called) {
      boolean matches =
          operation.endsWith("*")
              ? called.startsWith(operation.substring(0, operation.length() - 1))
              : called.equals(operation);
      return matches && left.getAndUpdate(count -> Math.max(0, count - 1)) > 0;
    }
  }

  private interface Action {
    void apply(String operation, String subject) throws InterruptedException;
  }

  /** Lets all calls from now on fail. */
  public FakeFaults fail(String operation, Code code) {
    return fail(operation, Integer.MAX_VALUE, subject -> failure(code, operation, subject));
  }

  /** Lets the next call fail. */
  public FakeFaults failOnce(String operation, Code code) {
    return failTimes(operation, 1, code);
  }

  /** Lets the next calls fail, as an engine that comes back does. */
  public FakeFaults failTimes(String operation, int times, Code code) {
    return fail(operation, times, subject -> failure(code, operation, subject));
  }

  /** Lets the next calls fail with what is made for their subject. */
  public FakeFaults fail(
      String operation, int times, Function<String, SandboxException> exception) {
    return add(
        operation,
        times,
        (called, subject) -> {
          throw exception.apply(subject);
        });
  }

  /** Lets all calls from now on take longer; an interrupt ends the wait. */
  public FakeFaults delay(String operation, Duration time) {
    return add(operation, Integer.MAX_VALUE, (called, subject) -> Thread.sleep(time.toMillis()));
  }

  /**
   * Calls a hook before all calls from now on, with the operation and the subject. It may block or
   * throw.
   */
  public FakeFaults onCall(BiConsumer<String, String> hook) {
    return add("*", Integer.MAX_VALUE, hook::accept);
  }

  /** Drops all rules; the counts stay. */
  public void clear() {
    rules.clear();
  }

  /** How often an operation was called, failed calls included. */
  public int calls(String operation) {
    AtomicInteger count = calls.get(operation);
    return count == null ? 0 : count.get();
  }

  /** Counts the call and lets it fail where a rule says so. */
  void before(String operation, String subject) throws InterruptedException {
    calls.computeIfAbsent(operation, unused -> new AtomicInteger()).incrementAndGet();
    for (Rule rule : rules) {
      if (rule.takes(operation)) {
        rule.action().apply(operation, subject);
      }
    }
  }

  private FakeFaults add(String operation, int times, Action action) {
    rules.add(new Rule(operation, new AtomicInteger(times), action));
    return this;
  }

  private static SandboxException failure(Code code, String operation, String subject) {
    return SandboxException.of(code, operation, subject)
        .backend(FakeSandboxRuntime.NAME)
        .detail("a fault was injected")
        .build();
  }
}
