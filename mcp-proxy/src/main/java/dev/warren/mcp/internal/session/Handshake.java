package dev.warren.mcp.internal.session;

import dev.warren.SandboxException;
import dev.warren.SandboxException.Code;
import dev.warren.mcp.Json;
import dev.warren.mcp.McpCapabilities;
import dev.warren.mcp.McpEra;
import dev.warren.mcp.McpEraCache;
import dev.warren.mcp.McpEraPolicy;
import dev.warren.mcp.McpErrorException;
import dev.warren.mcp.McpErrorException.RpcError;
import dev.warren.mcp.McpImplementation;
import dev.warren.mcp.McpRevision;
import dev.warren.mcp.McpServerDescription;
import dev.warren.mcp.internal.message.Envelope;
import dev.warren.mcp.internal.rpc.CallOptions;
import dev.warren.mcp.internal.thread.Timer;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Starts a server, finds out its era, and makes it ready. Blocks; one thread, once. Another thread
 * may {@link #abort} it.
 */
final class Handshake {
  private static final int HEADER_MISMATCH = -32020;
  private static final int MISSING_CAPABILITY = -32021;
  private static final int UNSUPPORTED_VERSION = -32022;

  private final SessionSettings settings;
  private final RequestMetadata modern;
  private final Supplier<ServerProcess> starter;
  private final Optional<Json> given;
  private final Timer timer;
  private final long deadline;
  private @Nullable ServerProcess current;
  private boolean aborted;

  /** What came of asking for the era. */
  private sealed interface Answer {
    record Modern(McpServerDescription server) implements Answer {}

    /** Not of the modern era, or not to be told; the process can be used. */
    record NotModern(@Nullable RpcError error) implements Answer {}

    /** The process ended over it. */
    record Dead(SandboxException cause) implements Answer {}
  }

  /**
   * @param starter makes a new process
   * @param given parameters of an {@code initialize} by the caller, who decides for the older era
   */
  Handshake(
      SessionSettings settings,
      RequestMetadata modern,
      Supplier<ServerProcess> starter,
      Optional<Json> given,
      Timer timer) {
    this.settings = settings;
    this.modern = modern;
    this.starter = starter;
    this.given = given;
    this.timer = timer;
    this.deadline = timer.nanoTime() + settings.timeouts().startup().toNanos();
  }

  /**
   * A server that is ready.
   *
   * @throws SandboxException when there is none; no process is left then
   */
  ServerProcess run() {
    try {
      return switch (given.isPresent() ? McpEraPolicy.LEGACY_ONLY : settings.mode()) {
        case LEGACY_ONLY -> initialize(next());
        case MODERN_ONLY -> modernOnly(next());
        case DETECT -> detect();
      };
    } catch (RuntimeException | Error e) {
      kill();
      throw e;
    }
  }

  /** Ends what is under way, which fails with {@code CLOSED}. */
  void abort() {
    ServerProcess process;
    synchronized (this) {
      aborted = true;
      process = current;
    }
    if (process != null) {
      process.peer().close();
    }
  }

  private ServerProcess detect() {
    McpEraCache cache = settings.cache();
    Optional<McpEra> known = cache.find(settings.server());
    ServerProcess process = next();
    if (known.filter(McpEra.LEGACY::equals).isPresent()) {
      return remembered(process);
    }
    Answer answer = discover(process, probeTime(known));
    if (answer instanceof Answer.Modern found) {
      return remember(process, found.server());
    }
    if (known.isPresent()) {
      cache.forget(settings.server());
    }
    if (answer instanceof Answer.Dead) {
      return remember(initialize(next()));
    }
    try {
      return remember(initialize(process));
    } catch (SandboxException e) {
      if (!process.isOpen() && e.code() == Code.UNAVAILABLE) {
        return remember(initialize(next())); // the question itself may have ended it
      }
      return lateModern(process, e);
    }
  }

  /** A server that is remembered as a legacy one, and has perhaps changed. */
  private ServerProcess remembered(ServerProcess process) {
    try {
      return initialize(process);
    } catch (SandboxException e) {
      if (!(e.getCause() instanceof McpErrorException)) {
        throw e;
      }
      settings.cache().forget(settings.server());
      return lateModern(process, e);
    }
  }

  /** A server that refused the handshake: is it of the modern era, and was only slow to say so? */
  private ServerProcess lateModern(ServerProcess process, SandboxException refusal) {
    if (!(refusal.getCause() instanceof McpErrorException) || !process.isOpen()) {
      throw refusal;
    }
    if (discover(process, left()) instanceof Answer.Modern found) {
      return remember(process, found.server());
    }
    throw refusal;
  }

  private ServerProcess modernOnly(ServerProcess process) {
    process.neverAnswer();
    Answer answer = discover(process, left());
    if (answer instanceof Answer.Modern found) {
      process.ready(found.server());
      return process;
    }
    if (answer instanceof Answer.Dead dead) {
      throw failed(dead.cause().code(), dead.cause().getMessage(), dead.cause());
    }
    RpcError error = ((Answer.NotModern) answer).error();
    McpErrorException cause =
        error == null ? null : new McpErrorException("server/discover", error);
    throw SandboxException.of(Code.UNSUPPORTED, "start", "MCP server")
        .detail(
            "the server does not speak MCP "
                + McpRevision.V2026_07_28
                + (cause == null ? ": it did not answer in time" : ": " + cause.getMessage()))
        .remedy("let the session find out the era by itself")
        .cause(cause)
        .build();
  }

  private Answer discover(ServerProcess process, Duration time) {
    // never cancelled: to a legacy server it would be one more message before the handshake
    CallOptions how = CallOptions.defaults().withTimeout(time).withoutCancel();
    Envelope answer;
    try {
      Json params = modern.complete("server/discover", Optional.empty());
      answer = process.call("server/discover", params, how).await();
    } catch (SandboxException e) {
      if (e.code() == Code.UNAVAILABLE) {
        return new Answer.Dead(e);
      }
      if (e.code() == Code.TIMEOUT || e.code() == Code.DATA_LOSS) {
        return new Answer.NotModern(null);
      }
      throw e;
    }
    if (answer.kind() == Envelope.Kind.ERROR) {
      return refused(process, answer.error().orElseThrow());
    }
    Json result = answer.result().orElse(Json.EMPTY_OBJECT);
    List<String> versions = strings(result.at("/supportedVersions"));
    if (versions.isEmpty()) {
      return new Answer.NotModern(null);
    }
    if (!versions.contains(McpRevision.V2026_07_28.toString())) {
      return withoutCommon(versions, null);
    }
    return new Answer.Modern(
        new McpServerDescription(
            McpRevision.V2026_07_28,
            result
                .at("/_meta/io.modelcontextprotocol~1serverInfo")
                .or(() -> result.at("/serverInfo"))
                .map(McpImplementation::from),
            new McpCapabilities(result.at("/capabilities").orElse(Json.EMPTY_OBJECT)),
            result.string("/instructions"),
            result));
  }

  private Answer refused(ServerProcess process, RpcError error) {
    McpErrorException cause = new McpErrorException("server/discover", error);
    if (error.code() == UNSUPPORTED_VERSION) {
      return withoutCommon(strings(error.data().flatMap(data -> data.at("/supported"))), cause);
    }
    if (error.code() == HEADER_MISMATCH || error.code() == MISSING_CAPABILITY) {
      process.neverAnswer();
      throw failed(Code.UNSUPPORTED, cause.getMessage(), cause);
    }
    return new Answer.NotModern(error);
  }

  /** A server of the modern era whose modern revisions are all unknown here. */
  private static Answer withoutCommon(List<String> versions, @Nullable McpErrorException cause) {
    boolean legacy =
        versions.stream()
            .flatMap(version -> McpRevision.of(version).stream())
            .anyMatch(revision -> revision.era() == McpEra.LEGACY);
    if (legacy) {
      return new Answer.NotModern(cause == null ? null : cause.error());
    }
    throw noCommonRevision(String.join(", ", versions), cause);
  }

  private ServerProcess initialize(ServerProcess process) {
    CallOptions how = CallOptions.defaults().withTimeout(left()).withoutCancel();
    Envelope answer;
    try {
      answer = process.call("initialize", initializeParams(), how).await();
    } catch (SandboxException e) {
      if (e.code() == Code.TIMEOUT) {
        throw failed(
            Code.TIMEOUT,
            "no answer to initialize within " + settings.timeouts().startup() + " of the start",
            e);
      }
      throw failed(e.code(), e.getMessage(), e);
    }
    if (answer.kind() == Envelope.Kind.ERROR) {
      McpErrorException cause = new McpErrorException("initialize", answer.error().orElseThrow());
      List<String> versions = strings(cause.error().data().flatMap(data -> data.at("/supported")));
      throw versions.isEmpty()
          ? failed(Code.UNAVAILABLE, cause.getMessage(), cause)
          : noCommonRevision(String.join(", ", versions), cause);
    }
    Json result = answer.result().orElse(Json.EMPTY_OBJECT);
    String version = result.string("/protocolVersion").orElse("none");
    McpRevision revision =
        McpRevision.of(version)
            .filter(found -> found.era() == McpEra.LEGACY)
            .orElseThrow(() -> noCommonRevision(version, null));
    process.peer().acceptBatches(revision == McpRevision.V2025_03_26);
    McpServerDescription server =
        new McpServerDescription(
            revision,
            result.at("/serverInfo").map(McpImplementation::from),
            new McpCapabilities(result.at("/capabilities").orElse(Json.EMPTY_OBJECT)),
            result.string("/instructions"),
            result);
    process.peer().notify("notifications/initialized", null);
    process.ready(server);
    return process;
  }

  private Json initializeParams() {
    Map<String, Object> params = new LinkedHashMap<>();
    if (given.isEmpty()) {
      params.put("protocolVersion", McpRevision.newest(McpEra.LEGACY).toString());
      params.put("capabilities", settings.capabilities());
      params.put("clientInfo", settings.client().raw());
    } else if (given.get().toJava() instanceof Map<?, ?> members) {
      members.forEach((name, value) -> params.put(String.valueOf(name), value));
      params.put("capabilities", handled(members.get("capabilities")));
    }
    return Json.of(params);
  }

  /** The caller's capabilities without those that nothing in this session can handle. */
  private Map<String, Object> handled(@Nullable Object capabilities) {
    Map<String, Object> kept = new LinkedHashMap<>();
    if (capabilities instanceof Map<?, ?> asked) {
      asked.forEach((name, value) -> kept.put(String.valueOf(name), value));
    }
    McpCapabilities ours = new McpCapabilities(settings.capabilities());
    kept.keySet()
        .removeIf(
            name ->
                (name.equals("roots") || name.equals("sampling") || name.equals("elicitation"))
                    && !ours.has("/" + name));
    return kept;
  }

  private ServerProcess next() {
    ServerProcess process;
    synchronized (this) {
      if (aborted) {
        throw Failures.closed("start");
      }
    }
    process = starter.get();
    boolean late;
    synchronized (this) {
      current = process;
      late = aborted;
    }
    if (late) {
      process.peer().close();
      throw Failures.closed("start");
    }
    return process;
  }

  private void kill() {
    ServerProcess process;
    synchronized (this) {
      process = current;
    }
    if (process != null) {
      process.peer().kill();
    }
  }

  private ServerProcess remember(ServerProcess process, McpServerDescription server) {
    process.ready(server);
    return remember(process);
  }

  private ServerProcess remember(ServerProcess process) {
    process
        .description()
        .ifPresent(found -> settings.cache().remember(settings.server(), found.era()));
    return process;
  }

  /** A server that was modern before gets more time: it is worth more to hear it. */
  private Duration probeTime(Optional<McpEra> known) {
    Duration most = known.isPresent() ? left().dividedBy(2) : left();
    Duration probe = settings.timeouts().probe();
    return known.isPresent() || probe.compareTo(most) > 0 ? most : probe;
  }

  private Duration left() {
    return Duration.ofNanos(Math.max(1, deadline - timer.nanoTime()));
  }

  private static SandboxException failed(Code code, String detail, Throwable cause) {
    return SandboxException.of(code, "start", "MCP server").detail(detail).cause(cause).build();
  }

  private static SandboxException noCommonRevision(
      String theirs, @Nullable McpErrorException cause) {
    return SandboxException.of(Code.UNSUPPORTED, "start", "MCP server")
        .detail(
            "no common revision: the server speaks "
                + theirs
                + ", this client "
                + McpRevision.of(McpEra.LEGACY)
                + " and "
                + McpRevision.of(McpEra.MODERN))
        .cause(cause)
        .build();
  }

  private static List<String> strings(Optional<Json> array) {
    return array.map(Json::elements).orElse(List.of()).stream()
        .flatMap(item -> item.string("").stream())
        .toList();
  }
}
