package dev.warren.testkit.internal.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.warren.PullOptions;
import dev.warren.SandboxException;
import dev.warren.SandboxException.Code;
import dev.warren.spi.ContainerInfo;
import dev.warren.spi.ContainerSpec;
import dev.warren.spi.ExitStatus;
import dev.warren.spi.RuntimeInfo.Capability;
import dev.warren.spi.SandboxRuntime;
import dev.warren.spi.Snapshots;
import dev.warren.spi.Tasks.StopOptions;
import dev.warren.testkit.Eventually;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.jspecify.annotations.Nullable;

/**
 * What one test case works with: a runtime, ids nobody else uses, and a record of all that has to
 * be removed again. Thread-safe between {@link #begin} and {@link #end}.
 */
public final class ContractBench {
  /** Marks containers of the contract, so that a person can find what a killed run left. */
  static final String LABEL = "dev.warren.contract";

  /** Longer than anything takes; only a runtime that hangs meets it. */
  static final Duration LONG = Duration.ofSeconds(60);

  private final Queue<String> ids = new ConcurrentLinkedQueue<>();
  private final Queue<String> snapshotNames = new ConcurrentLinkedQueue<>();
  private final List<SandboxRuntime> opened = new ArrayList<>();
  private final AtomicInteger counter = new AtomicInteger();
  private @Nullable ContractSettings settings;
  private @Nullable SandboxRuntime runtime;
  private String run = "";

  public void begin(ContractSettings value) throws Exception {
    settings = value;
    run = HexFormat.of().toHexDigits(ThreadLocalRandom.current().nextInt());
    SandboxRuntime fresh = reopen();
    runtime = fresh;
    if (can(Capability.IMAGES) && fresh.images().get(value.image()).isEmpty()) {
      fresh.images().pull(value.image(), PullOptions.none());
    }
  }

  /** Removes what the case made, and fails when something stays. */
  public void end() throws Exception {
    List<Throwable> failures = new ArrayList<>();
    SandboxRuntime fresh = reopen();
    ids.forEach(id -> attempt(failures, () -> fresh.containers().delete(id)));
    List<String> newestFirst = new ArrayList<>(snapshotNames);
    Collections.reverse(newestFirst);
    fresh
        .snapshots()
        .ifPresent(s -> newestFirst.forEach(n -> attempt(failures, () -> s.delete(n))));
    attempt(failures, () -> assertNothingLeft(fresh));
    opened.forEach(open -> attempt(failures, open::close));
    ids.clear();
    snapshotNames.clear();
    opened.clear();
    AssertionError all = new AssertionError("what the case made could not be removed");
    failures.forEach(all::addSuppressed);
    if (!failures.isEmpty()) {
      throw all;
    }
  }

  private void assertNothingLeft(SandboxRuntime fresh) {
    String prefix = settings().idPrefix() + "-" + run;
    assertThat(fresh.containers().list())
        .extracting(ContainerInfo::id)
        .noneMatch(id -> id.startsWith(prefix));
    assertThat(fresh.tasks().list()).noneMatch(task -> task.id().startsWith(prefix));
    fresh
        .snapshots()
        .ifPresent(s -> assertThat(s.orphaned()).noneMatch(id -> id.startsWith(prefix)));
  }

  private static void attempt(List<Throwable> failures, ThrowingCallable action) {
    Throwable failure = catchThrowable(action);
    if (failure != null) {
      failures.add(failure);
    }
  }

  ContractSettings settings() {
    if (settings == null) {
      throw new IllegalStateException("the case has not begun");
    }
    return settings;
  }

  SandboxRuntime runtime() {
    if (runtime == null) {
      throw new IllegalStateException("the case has not begun");
    }
    return runtime;
  }

  /** Another runtime on the same engine. */
  synchronized SandboxRuntime reopen() throws Exception {
    SandboxRuntime fresh = settings().open().call();
    opened.add(fresh);
    return fresh;
  }

  /** An id that is removed after the case. */
  String id() {
    String id = settings().idPrefix() + "-" + run + "-" + counter.incrementAndGet();
    ids.add(id);
    return id;
  }

  /** A snapshot name that is removed after the case. */
  String snapshotName() {
    String name = settings().idPrefix() + "-" + run + "-s" + counter.incrementAndGet();
    snapshotNames.add(name);
    return name;
  }

  ContainerSpec.Builder spec(String id, List<String> command) {
    return ContainerSpec.builder(id, settings().image(), command).labels(Map.of(LABEL, run));
  }

  /** A container of a new id. */
  String create(List<String> command) {
    String id = id();
    runtime().containers().create(spec(id, command).build());
    return id;
  }

  /** A running container of a new id. */
  String start(List<String> command) {
    String id = create(command);
    runtime().tasks().start(id);
    return id;
  }

  /** A container that runs and has said that it is ready for signals. */
  String startReady(List<String> command) {
    String id = start(command);
    Eventually.soon().until(id + " is ready", () -> log(id).contains("ready"));
    return id;
  }

  /** A running container that ends on SIGTERM with 143. */
  String startSleeper() {
    return startReady(settings().sleepForever());
  }

  /** Starts a container's command and waits for its end. */
  ExitStatus runToEnd(String id) {
    runtime().tasks().start(id);
    return runtime().tasks().awaitExit(id, LONG);
  }

  /** Runs a command that appends a line to a file of the layer; tells how many there are. */
  int linesAfterRun(String id) {
    assertThat(runToEnd(id).code()).isZero();
    return (int) log(id).lines().filter(line -> line.equals("line")).count();
  }

  List<String> appendAndShow() {
    return settings().appendAndShow().apply("contract.txt");
  }

  void kill(String id) {
    runtime().tasks().stop(id, StopOptions.kill());
  }

  String log(String id) {
    try (InputStream log = runtime().tasks().logs(id)) {
      return new String(log.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new AssertionError("the log of " + id + " cannot be read", e);
    }
  }

  boolean can(Capability capability) {
    return runtime().info().can(capability);
  }

  void assume(Capability capability) {
    assumeTrue(can(capability), "the runtime lacks the capability " + capability);
  }

  Snapshots assumeSnapshots() {
    assumeTrue(runtime().snapshots().isPresent(), "the runtime lacks the ability Snapshots");
    return runtime().snapshots().orElseThrow();
  }

  /** Asserts that a call fails with a code, and returns the exception. */
  static SandboxException fails(Code code, ThrowingCallable call) {
    Throwable failure = catchThrowable(call);
    assertThat(failure).isInstanceOf(SandboxException.class);
    SandboxException exception = (SandboxException) failure;
    assertThat(exception.code()).as(exception.toString()).isEqualTo(code);
    return exception;
  }
}
