package dev.warren.testkit.internal.fake;

import dev.warren.spi.ExitStatus;
import dev.warren.spi.TaskInfo;
import dev.warren.spi.TaskInfo.Status;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** What runs, or ran, in a container. Thread-safe. */
final class FakeTask {
  private final String id;
  private final ByteArrayOutputStream log = new ByteArrayOutputStream();
  private final Map<Integer, InetSocketAddress> published = new ConcurrentHashMap<>();
  private final Instant started = Instant.now();
  private volatile @Nullable FakeProcess process;
  private volatile @Nullable ExitStatus exit;
  private volatile @Nullable InetAddress address;
  private volatile boolean paused;

  FakeTask(String id) {
    this.id = id;
  }

  /** A byte array stream guards itself by its monitor. */
  ByteArrayOutputStream log() {
    return log;
  }

  InputStream logSoFar() {
    return new ByteArrayInputStream(log.toByteArray());
  }

  void begin(FakeProcess value) {
    process = value;
  }

  FakeProcess process() {
    FakeProcess current = process;
    if (current == null) {
      throw new IllegalStateException("the task of " + id + " has not begun");
    }
    return current;
  }

  void end(ExitStatus status) {
    exit = status;
    paused = false;
    published.clear();
  }

  Optional<ExitStatus> exit() {
    return Optional.ofNullable(exit);
  }

  boolean running() {
    return exit == null;
  }

  void pause(boolean value) {
    paused = value;
  }

  void publish(int port, InetSocketAddress at) {
    published.put(port, at);
  }

  Optional<InetSocketAddress> published(int port) {
    return Optional.ofNullable(published.get(port));
  }

  void attach(@Nullable InetAddress value) {
    address = value;
  }

  Optional<InetAddress> address() {
    return Optional.ofNullable(address);
  }

  /** Without a pid: its threads are none of this host's processes. */
  TaskInfo info() {
    Optional<ExitStatus> end = exit();
    Status status = end.isPresent() ? Status.STOPPED : paused ? Status.PAUSED : Status.RUNNING;
    return new TaskInfo(id, status, 0, Optional.of(started), end);
  }
}
