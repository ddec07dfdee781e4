package dev.warren.containerd.internal.image.registry;

import dev.warren.containerd.internal.image.manifest.MalformedImage;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.Optional;
import javax.net.ssl.SSLException;

/**
 * Repeats a read where the failure may pass: a lost connection, a busy server. The pauses double; a
 * server's {@code Retry-After} is honoured up to a bound. Immutable.
 *
 * @param limit how often at most
 * @param first pause
 * @param longest pause
 */
public record Attempts(int limit, Duration first, Duration longest) {

  /** Four in about a second and a half, if the server does not ask for more. */
  public static final Attempts STANDARD =
      new Attempts(4, Duration.ofMillis(200), Duration.ofSeconds(30));

  /** A step that reads and can be done again. */
  public interface Step<T> {
    T run() throws IOException, InterruptedException;
  }

  /** Runs the step until it succeeds, fails for good, or has failed too often. */
  public <T> T run(Step<T> step) throws IOException, InterruptedException {
    for (int attempt = 1; ; attempt++) {
      try {
        return step.run();
      } catch (IOException e) {
        if (attempt >= limit || !mayPass(e)) {
          throw e;
        }
        pause(attempt, e);
      }
    }
  }

  /** Whether trying again may help. */
  public static boolean mayPass(IOException failure) {
    if (failure instanceof RegistryFailure answer) {
      return answer.mayPass();
    }
    return !(failure instanceof UnknownHostException
        || failure instanceof SSLException
        || failure instanceof InterruptedIOException
        || failure instanceof MalformedImage
        || failure instanceof RefusedRedirect);
  }

  /** Waits before the attempt after this one. */
  public void pause(int attempt, IOException failure) throws InterruptedException {
    Optional<Duration> asked =
        failure instanceof RegistryFailure answer ? answer.retryAfter() : Optional.empty();
    long millis = asked.orElse(first.multipliedBy(1L << Math.min(attempt - 1, 16))).toMillis();
    Thread.sleep(Math.min(millis, longest.toMillis()));
  }
}
