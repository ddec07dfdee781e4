package dev.warren.containerd.internal.event;

import dev.warren.containerd.internal.api.types.Envelope;
import java.util.function.Consumer;

/** Where events come from; the daemon, or a test. */
interface EventSource {

  /**
   * Opens a stream.
   *
   * @param live called once the stream delivers: no event after that is missed
   * @param ended called once, with the failure, when it is over
   * @return ends the stream
   */
  Runnable open(Consumer<Envelope> listener, Runnable live, Consumer<Throwable> ended);
}
