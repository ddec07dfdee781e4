package dev.warren.spi;

import dev.warren.SandboxException;
import dev.warren.StateDirectory;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * An engine that runs containers. This text is the specification; {@code SandboxRuntimeContract} in
 * the testkit is its test, and every implementation passes it.
 *
 * <h2>Vocabulary</h2>
 *
 * <ul>
 *   <li><b>image</b>: what a container is made from, named by an {@link dev.warren.ImageRef}.
 *   <li><b>container</b>: the record (spec, labels) and its writable layer. It exists until it is
 *       deleted, whether something runs in it or not.
 *   <li><b>task</b>: the running side of a container. A container has at most one.
 *   <li><b>snapshot</b>: a named, read-only copy of a writable layer.
 *   <li><b>id</b>: the container's name in the engine; also the id of its task.
 * </ul>
 *
 * <h2>States</h2>
 *
 * <pre>
 *   (absent) --create--> CREATED --start--> RUNNING --stop / exit--> STOPPED --start--> RUNNING
 *       ^                   |                  |                        |
 *       +----- delete ------+---- delete(force)+-------- delete --------+
 * </pre>
 *
 * A stop or an exit never touches the writable layer: the next start finds it as it was. Only
 * {@code delete} ends it.
 *
 * <h2>Rules for every method</h2>
 *
 * <ul>
 *   <li>It blocks until the effect is there, and answers an interrupt with {@code CANCELLED}; the
 *       thread's interrupt flag is then set again.
 *   <li>Failures are {@link SandboxException}s. The code is part of the contract: no engine, or one
 *       that went away in mid-call, is {@code UNAVAILABLE}; an absent subject {@code NOT_FOUND}; a
 *       call after {@link #close()} is {@code CLOSED}.
 *   <li>What would remove something absent, or stop something stopped, succeeds.
 *   <li>Bad values are {@code INVALID_ARGUMENT}, values this engine cannot honour {@code
 *       UNSUPPORTED}; both come before anything was changed.
 *   <li>A failed call leaves nothing behind that it made itself.
 *   <li>All objects are thread-safe. Calls for different containers do not wait for one another.
 *       Calls that change the same container must not overlap; the caller sees to that.
 * </ul>
 *
 * <p>Abilities that an engine may lack are types of their own, handed out as {@code Optional}.
 */
public interface SandboxRuntime extends AutoCloseable {

  /** Which engine this is. Cheap: no call to the engine. */
  RuntimeInfo info();

  /** Where this runtime keeps its files, and where a manager on top keeps its own. */
  StateDirectory stateDirectory();

  /**
   * Asks the engine whether it answers.
   *
   * @throws SandboxException {@code UNAVAILABLE}, {@code PERMISSION_DENIED}, {@code CLOSED}
   */
  void ping();

  Images images();

  Containers containers();

  Tasks tasks();

  Networks networks();

  default Optional<Snapshots> snapshots() {
    return Optional.empty();
  }

  default Optional<Metrics> metrics() {
    return Optional.empty();
  }

  default Optional<Pause> pause() {
    return Optional.empty();
  }

  /**
   * Delivers what happens to containers and tasks from now on, whoever caused it.
   *
   * <p>Events arrive in the order of their container, on a thread of the runtime; the listener must
   * not block. Where events may have been lost (the engine restarted, the listener was too slow) a
   * {@link RuntimeEvent.Gap} arrives: the listener then has to look at the state itself.
   *
   * @return ends the delivery when closed; a call that runs is waited for
   */
  Subscription watch(Consumer<RuntimeEvent> listener);

  /** Releases connections and threads. Containers go on. Calling it again does nothing. */
  @Override
  void close();

  /** Closing ends it. Calling {@code close} again does nothing. */
  interface Subscription extends AutoCloseable {
    @Override
    void close();
  }
}
