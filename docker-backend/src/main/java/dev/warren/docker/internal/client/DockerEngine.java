package dev.warren.docker.internal.client;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.core.DockerClientImpl;
import com.github.dockerjava.transport.DockerHttpClient.Request;
import com.github.dockerjava.transport.DockerHttpClient.Response;
import dev.warren.SandboxException;
import dev.warren.SandboxException.Code;
import dev.warren.engine.internal.thread.DaemonThreads;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The connection to one engine. Every request goes through {@link #call}, which gives it a
 * deadline, makes it interruptible and turns its failure into a {@link SandboxException}.
 * Thread-safe.
 */
public final class DockerEngine implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(DockerEngine.class);

  /**
   * For requests that carry layers: longer than any of them takes. The transport ends one that
   * stands still.
   */
  public static final Duration TRANSFER = Duration.ofHours(6);

  private static final Duration PROBE = Duration.ofSeconds(5);
  private static final Duration USUAL = Duration.ofMinutes(2);
  private static final Duration AFTER_INTERRUPT = Duration.ofSeconds(10);
  private static final ObjectMapper MAPPER = new ObjectMapper();

  private final Endpoint endpoint;
  private final EngineTransport transport;
  private final DockerClient client;
  private final EngineVersion version;
  private final ExecutorService callers;
  private volatile boolean closed;

  private DockerEngine(
      Endpoint endpoint,
      EngineTransport transport,
      ExecutorService callers,
      EngineVersion version) {
    this.endpoint = endpoint;
    this.transport = transport;
    this.callers = callers;
    this.version = version;
    this.client =
        DockerClientImpl.getInstance(new EngineConfig(endpoint.uri(), version.api()), transport);
  }

  /**
   * Asks the engine for its version, and speaks the newest that both know from then on.
   *
   * @throws SandboxException {@code UNAVAILABLE}, {@code PERMISSION_DENIED}, {@code UNSUPPORTED},
   *     {@code INVALID_ARGUMENT}
   */
  public static DockerEngine open(Endpoint endpoint) {
    EngineTransport transport = new EngineTransport(endpoint);
    ExecutorService callers =
        Executors.newCachedThreadPool(DaemonThreads.named("warren-docker-call"));
    try {
      EngineVersion version =
          run(callers, endpoint, "open runtime", "", PROBE, () -> Greeting.with(transport));
      return new DockerEngine(endpoint, transport, callers, version);
    } catch (RuntimeException e) {
      callers.shutdownNow();
      closeQuietly(transport);
      throw e;
    }
  }

  public EngineVersion version() {
    return version;
  }

  public Endpoint endpoint() {
    return endpoint;
  }

  /** The library's client, for use inside {@link #call}. */
  public DockerClient api() {
    return client;
  }

  /** {@link #call(String, String, Duration, Callable)} with two minutes. */
  public <T> T call(String operation, String subject, Callable<T> body) {
    return call(operation, subject, USUAL, body);
  }

  /**
   * Runs requests on a thread of its own, because the library's calls know neither deadlines nor
   * interrupts. What a caller gave up on is cut off; the engine may have done it all the same.
   *
   * @throws SandboxException as {@link DockerErrors} maps the failure; {@code TIMEOUT}, {@code
   *     CANCELLED}, {@code CLOSED}
   */
  public <T> T call(String operation, String subject, Duration timeout, Callable<T> body) {
    ensureOpen(operation, subject);
    try {
      return run(callers, endpoint, operation, subject, timeout, body);
    } catch (SandboxException e) {
      throw closed && e.code() == Code.UNAVAILABLE ? closedError(operation, subject) : e;
    }
  }

  /**
   * As {@link #call}, for a change that the engine makes in a moment: an interrupt before it is
   * {@code CANCELLED}, one during it stays set and the change is waited for, since a change that
   * may or may not have been made cannot be undone.
   */
  public <T> T change(String operation, String subject, Callable<T> body) {
    if (Thread.currentThread().isInterrupted()) {
      throw DockerErrors.map(operation, subject, new InterruptedException("before the call"));
    }
    ensureOpen(operation, subject);
    Future<T> future = submit(callers, operation, subject, body);
    boolean interrupted = false;
    long end = System.nanoTime() + USUAL.toNanos();
    try {
      while (true) {
        try {
          return future.get(end - System.nanoTime(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
          interrupted = true;
          end = Math.min(end, System.nanoTime() + AFTER_INTERRUPT.toNanos());
        }
      }
    } catch (TimeoutException e) {
      future.cancel(true);
      throw DockerErrors.map(operation, subject, interrupted ? new InterruptedException() : e);
    } catch (ExecutionException e) {
      throw failed(endpoint, operation, subject, e.getCause());
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /**
   * Asks for a JSON document that the library has no command for, or reads only in part.
   *
   * @param path without the version, such as {@code /info}
   */
  public JsonNode get(String operation, String subject, String path) {
    return call(operation, subject, () -> transport.json("/v" + version.api() + path));
  }

  /**
   * Sends a JSON document that the library has no command for, or not all fields of.
   *
   * @param path without the version
   */
  public JsonNode post(String operation, String subject, String path, JsonNode body) {
    return change(
        operation,
        subject,
        () -> {
          Request request =
              Request.builder()
                  .method(Request.Method.POST)
                  .path("/v" + version.api() + path)
                  .putHeader("Content-Type", "application/json")
                  .bodyBytes(MAPPER.writeValueAsBytes(body))
                  .build();
          return transport.json(request);
        });
  }

  /**
   * Opens an answer that is read as it comes. Closing it cuts it off, from any thread.
   *
   * @param path without the version
   */
  public Response open(
      String operation, String subject, Request.Method method, String path, Duration timeout) {
    return open(operation, subject, method.name(), path, timeout);
  }

  /** Asks whether something is there; {@code NOT_FOUND} when it is not. */
  public Response head(String operation, String subject, String path) {
    return open(operation, subject, "HEAD", path, USUAL);
  }

  private Response open(
      String operation, String subject, String method, String path, Duration timeout) {
    Request request = Request.builder().method(method).path("/v" + version.api() + path).build();
    OpenAnswer open = new OpenAnswer();
    try {
      return call(
          operation,
          subject,
          timeout,
          () -> EngineTransport.checked(open.take(transport.execute(request))));
    } catch (RuntimeException e) {
      open.close();
      throw e;
    }
  }

  /**
   * Sends a request that the library has no command for, whose secrets it would log, or whose
   * answer is a stream. A caller that gives up closes the connection.
   *
   * @param request its path without the version
   */
  public <T> T exchange(
      String operation, String subject, Duration timeout, Request request, Answer<T> answer) {
    Request versioned =
        Request.builder().from(request).path("/v" + version.api() + request.path()).build();
    try (OpenAnswer open = new OpenAnswer()) {
      return call(
          operation,
          subject,
          timeout,
          () -> {
            try (Response response = open.take(transport.execute(versioned))) {
              return answer.read(EngineTransport.checked(response).getBody());
            }
          });
    }
  }

  /** Reads the body of an answer that says success. */
  public interface Answer<T> {
    T read(InputStream body) throws IOException, InterruptedException;
  }

  /**
   * For what needs no request.
   *
   * @throws SandboxException {@code CLOSED}
   */
  public void ensureOpen(String operation, String subject) {
    if (closed) {
      throw closedError(operation, subject);
    }
  }

  /** Asks whether the engine answers. */
  public void ping() {
    call(
        "ping",
        "",
        PROBE,
        () -> {
          client.pingCmd().exec();
          return true;
        });
  }

  private static <T> T run(
      ExecutorService callers,
      Endpoint endpoint,
      String operation,
      String subject,
      Duration timeout,
      Callable<T> body) {
    Future<T> future = submit(callers, operation, subject, body);
    try {
      return future.get(timeout.toNanos(), TimeUnit.NANOSECONDS);
    } catch (InterruptedException e) {
      future.cancel(true);
      Thread.currentThread().interrupt();
      throw DockerErrors.map(operation, subject, e);
    } catch (TimeoutException e) {
      future.cancel(true);
      throw DockerErrors.map(operation, subject, e);
    } catch (ExecutionException e) {
      throw failed(endpoint, operation, subject, e.getCause());
    }
  }

  private static <T> Future<T> submit(
      ExecutorService callers, String operation, String subject, Callable<T> body) {
    try {
      return callers.submit(body);
    } catch (RejectedExecutionException e) {
      throw closedError(operation, subject);
    }
  }

  private static SandboxException failed(
      Endpoint endpoint, String operation, String subject, Throwable cause) {
    if (cause instanceof Error error) {
      throw error;
    }
    return DockerErrors.code(cause) == Code.UNAVAILABLE && !(cause instanceof SandboxException)
        ? ConnectFault.explain(endpoint, operation, subject, cause)
        : DockerErrors.map(operation, subject, cause);
  }

  private static SandboxException closedError(String operation, String subject) {
    return DockerErrors.error(Code.CLOSED, operation, subject)
        .detail("the runtime was closed")
        .build();
  }

  /** Cuts off what runs. */
  @Override
  public void close() {
    closed = true;
    callers.shutdownNow();
    closeQuietly(transport);
  }

  private static void closeQuietly(EngineTransport transport) {
    try {
      transport.close();
    } catch (IOException e) {
      log.debug("connections to the engine were not closed: {}", e.getMessage());
    }
  }
}
