package dev.warren.mcp.internal.session;

import dev.warren.SandboxException;
import dev.warren.mcp.Json;
import dev.warren.mcp.McpRequest;
import dev.warren.mcp.internal.message.Envelope;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Future;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/** What a call may ask of its session. Thread-safe. */
interface CallContext {

  /** Takes one of the places for calls; false when there is none. */
  boolean admit();

  /** Gives the place back. */
  void release();

  /** The server, if it is ready now. */
  @Nullable ServerProcess ready();

  /** Gives the server to an action, now or when it is ready or cannot be. */
  void whenReady(BiConsumer<@Nullable ServerProcess, @Nullable SandboxException> action);

  /** Why a method must not be sent to a server. */
  Optional<SandboxException> refusal(ServerProcess server, String method);

  /** The parameters as the server's era wants them; null for none. */
  @Nullable Json params(ServerProcess server, McpRequest request);

  /** The rounds of a call in which a modern server may ask back. */
  InputRounds rounds(String method, Json params);

  /** A progress notification that the caller's own token asked for. */
  void tell(Envelope progress);

  /** Runs an action on a callback thread when the time is over, unless it is cancelled before. */
  Future<?> alarm(Runnable action, long nanos);

  /** As {@link System#nanoTime()}. */
  long nanoTime();

  /** The time of a call that does not set its own. */
  Duration requestTimeout();

  /** The longest that a call may take, whatever progress it makes. */
  Duration maxTotal();
}
