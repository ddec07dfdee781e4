package dev.warren.mcp.internal.rpc;

import dev.warren.SandboxException;
import dev.warren.mcp.internal.thread.Timer;
import java.time.Duration;

/**
 * The limits of one connection; together they bound its memory.
 *
 * @param maxInboundBytes longest line of the server; a longer one fails its own call only
 * @param maxOutboundBytes longest message to the server. Below 10 MiB, because servers on the
 *     official TypeScript SDK go deaf above it
 * @param outboxBytes what may wait for the server to read; callers wait when it is full
 * @param incomingRequests requests of the server that are not answered yet; more are refused
 * @param handlers requests of the server that are handled at the same time
 * @param notifications of the server that wait for their turn; of those that come on top, progress
 *     and log messages are dropped at once and others beyond twice as many
 * @param incomingBytes content of requests and notifications that wait; more are treated as above
 * @param timeout of a call, unless it says otherwise
 * @param maximum of a call whose timeout is reset by progress
 * @param stdinGrace from the end of file on stdin to SIGTERM
 * @param termGrace from SIGTERM to SIGKILL
 * @param killGrace from SIGKILL until the process is given up
 * @param batches whether arrays of messages are taken; else they are counted and dropped
 * @param timer time
 */
public record RpcOptions(
    int maxInboundBytes,
    int maxOutboundBytes,
    int outboxBytes,
    int incomingRequests,
    int handlers,
    int notifications,
    int incomingBytes,
    Duration timeout,
    Duration maximum,
    Duration stdinGrace,
    Duration termGrace,
    Duration killGrace,
    boolean batches,
    Timer timer) {

  private static final int MIB = 1 << 20;

  /** Checks the values: {@code INVALID_ARGUMENT} names the one that is wrong. */
  public RpcOptions {
    atLeast("maxInboundBytes", maxInboundBytes, 1024);
    atLeast("maxOutboundBytes", maxOutboundBytes, 1024);
    atLeast("outboxBytes", outboxBytes, maxOutboundBytes);
    atLeast("incomingRequests", incomingRequests, 1);
    atLeast("handlers", handlers, 1);
    atLeast("notifications", notifications, 1);
    atLeast("incomingBytes", incomingBytes, 1024);
    positive("timeout", timeout);
    positive("maximum", maximum);
    positive("stdinGrace", stdinGrace);
    positive("termGrace", termGrace);
    positive("killGrace", killGrace);
  }

  /**
   * 64 MiB in, 8 MiB out, 16 MiB waiting each way, 256 requests of the server (16 at a time), 4,096
   * notifications, 60 s (with progress 30 min), 2 s each for stdin and SIGTERM, 5 s for SIGKILL,
   * batches taken.
   */
  public static RpcOptions defaults() {
    return new Builder().build();
  }

  /** Starts with these values. */
  public Builder toBuilder() {
    return new Builder()
        .maxInboundBytes(maxInboundBytes)
        .maxOutboundBytes(maxOutboundBytes)
        .outboxBytes(outboxBytes)
        .incoming(incomingRequests, handlers)
        .notifications(notifications)
        .incomingBytes(incomingBytes)
        .timeout(timeout)
        .maximum(maximum)
        .graces(stdinGrace, termGrace, killGrace)
        .batches(batches)
        .timer(timer);
  }

  /** Collects options, starting with {@link #defaults()}. Not thread-safe. */
  public static final class Builder {
    private int maxInboundBytes = 64 * MIB;
    private int maxOutboundBytes = 8 * MIB;
    private int outboxBytes = 16 * MIB;
    private int incomingRequests = 256;
    private int handlers = 16;
    private int notifications = 4096;
    private int incomingBytes = 16 * MIB;
    private Duration timeout = Duration.ofSeconds(60);
    private Duration maximum = Duration.ofMinutes(30);
    private Duration stdinGrace = Duration.ofSeconds(2);
    private Duration termGrace = Duration.ofSeconds(2);
    private Duration killGrace = Duration.ofSeconds(5);
    private boolean batches = true;
    private Timer timer = Timer.system();

    public Builder maxInboundBytes(int value) {
      maxInboundBytes = value;
      return this;
    }

    public Builder maxOutboundBytes(int value) {
      maxOutboundBytes = value;
      return this;
    }

    public Builder outboxBytes(int value) {
      outboxBytes = value;
      return this;
    }

    /** Requests of the server: unanswered ones, and those handled at the same time. */
    public Builder incoming(int unanswered, int atOnce) {
      incomingRequests = unanswered;
      handlers = atOnce;
      return this;
    }

    public Builder notifications(int value) {
      notifications = value;
      return this;
    }

    public Builder incomingBytes(int value) {
      incomingBytes = value;
      return this;
    }

    public Builder timeout(Duration value) {
      timeout = value;
      return this;
    }

    public Builder maximum(Duration value) {
      maximum = value;
      return this;
    }

    /** What a closed server is given: until SIGTERM, until SIGKILL, until it is given up. */
    public Builder graces(Duration stdin, Duration term, Duration kill) {
      stdinGrace = stdin;
      termGrace = term;
      killGrace = kill;
      return this;
    }

    public Builder batches(boolean value) {
      batches = value;
      return this;
    }

    public Builder timer(Timer value) {
      timer = value;
      return this;
    }

    /** Throws {@code INVALID_ARGUMENT} when a limit is too small or a time is not positive. */
    public RpcOptions build() {
      return new RpcOptions(
          maxInboundBytes,
          maxOutboundBytes,
          outboxBytes,
          incomingRequests,
          handlers,
          notifications,
          incomingBytes,
          timeout,
          maximum,
          stdinGrace,
          termGrace,
          killGrace,
          batches,
          timer);
    }
  }

  private static void atLeast(String name, int value, int least) {
    if (value < least) {
      throw SandboxException.invalid("configure", name, value + " is less than " + least);
    }
  }

  private static void positive(String name, Duration value) {
    if (value.isNegative() || value.isZero()) {
      throw SandboxException.invalid("configure", name, value + " is not positive");
    }
  }
}
