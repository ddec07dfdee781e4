package dev.warren.mcp;

import dev.warren.Sandbox;
import dev.warren.SandboxException;
import dev.warren.mcp.channel.StdioTransport;
import dev.warren.mcp.channel.sandbox.SandboxStdio;
import dev.warren.mcp.internal.session.Conversation;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * A conversation with one MCP server over the standard streams of a process.
 *
 * <p>The first call starts the process and performs the handshake, once, however many callers there
 * are. When the process ends, every pending call fails at once with its exit code and the end of
 * its stderr; the next call starts a new process, if the {@link McpRestartPolicy} allows it. The
 * session never repeats a call that the server may have seen.
 *
 * <p><b>Threads.</b> Thread-safe; handlers and listeners may call the session too. Methods block
 * until the answer is there; an interrupt cancels the call and tells the server. Handlers,
 * listeners and dependents of futures run on threads of the session that carry no traffic, so they
 * may block.
 *
 * <p><b>Errors.</b> An error that the server answers with is an {@link McpErrorException} in typed
 * calls, and part of the {@link McpResponse} in raw ones. Every other failure is a {@link
 * SandboxException}: {@code TIMEOUT}, {@code CANCELLED} (interrupt), {@code UNAVAILABLE} (the
 * server has ended, could not be started or did not finish its handshake), {@code UNSUPPORTED} (the
 * server has not declared the ability, or no common revision), {@code RESOURCE_EXHAUSTED} (a
 * {@linkplain McpLimits limit}), {@code DATA_LOSS} (a malformed answer), {@code CLOSED} (after
 * {@link #close()}), {@code INVALID_ARGUMENT}.
 */
public final class McpSession implements AutoCloseable {
  private final Conversation conversation;
  private final McpLimits limits;

  McpSession(Conversation conversation, McpLimits limits) {
    this.conversation = conversation;
    this.limits = limits;
  }

  /**
   * Starts a server in a sandbox and makes the handshake.
   *
   * @param command with its arguments; no shell is involved
   * @throws SandboxException {@code NOT_FOUND} when there is no such command; {@code UNAVAILABLE},
   *     {@code TIMEOUT}, {@code UNSUPPORTED} when it does not become ready
   */
  public static McpSession open(Sandbox sandbox, String... command) {
    return builder(SandboxStdio.of(sandbox, command)).open();
  }

  /** Starts the settings of a session. */
  public static McpSessionBuilder builder(StdioTransport transport) {
    return new McpSessionBuilder(transport);
  }

  /**
   * Makes sure that a server is running and ready, starting one if necessary.
   *
   * @return how the server described itself
   * @throws SandboxException as for any call; the timeout is {@link
   *     McpSessionBuilder#startupTimeout}
   */
  public McpServerDescription connect() {
    return conversation.connect();
  }

  public McpState state() {
    return conversation.state();
  }

  /** How the server described itself, if it is ready; starts nothing. */
  public Optional<McpServerDescription> server() {
    return conversation.server();
  }

  /**
   * Sends a request and waits for the answer, be it a result or an error. {@code initialize} is
   * honoured: as the first call it performs the handshake with the caller's parameters, later it is
   * answered from memory; the server never sees a second one.
   *
   * @throws SandboxException no answer came
   */
  public McpResponse call(McpRequest request) {
    return conversation.await(request, McpResponse::new);
  }

  /**
   * Sends a request.
   *
   * @return completes with the answer, be it a result or an error, or fails with a {@link
   *     SandboxException}. Cancelling it cancels the call
   */
  public CompletableFuture<McpResponse> callAsync(McpRequest request) {
    return conversation.call(request, McpResponse::new);
  }

  /**
   * Sends a notification. Returns when it is in the queue to the server. {@code
   * notifications/initialized} is the session's own and is swallowed.
   *
   * @throws SandboxException as for any call
   */
  public void notify(String method, Json params) {
    conversation.notify(method, Optional.of(params));
  }

  /** Sends a notification without parameters; see {@link #notify(String, Json)}. */
  public void notify(String method) {
    conversation.notify(method, Optional.empty());
  }

  /** All tools, over all pages. */
  public List<McpTool> listTools() {
    return list("tools/list", "/tools", McpTool::from);
  }

  /** Calls a tool without arguments. */
  public McpToolResult callTool(String name) {
    return callTool(name, Map.of());
  }

  /**
   * Calls a tool. A tool that fails says so in {@link McpToolResult#isError()}.
   *
   * @param arguments what {@link Json#of} takes
   */
  public McpToolResult callTool(String name, Map<String, ?> arguments) {
    return McpToolResult.from(result(TypedCalls.tool(name, arguments)));
  }

  /** Calls a tool and hears of its progress. */
  public McpToolResult callTool(
      String name, Map<String, ?> arguments, Consumer<McpProgress> progress) {
    return McpToolResult.from(result(TypedCalls.tool(name, arguments).withProgress(progress)));
  }

  /**
   * Calls a tool.
   *
   * @return completes with the result, or with an {@link McpErrorException} or {@link
   *     SandboxException}. Cancelling it cancels the call
   */
  public CompletableFuture<McpToolResult> callToolAsync(String name, Map<String, ?> arguments) {
    return conversation.call(
        TypedCalls.tool(name, arguments),
        (method, id, failed, outcome) ->
            McpToolResult.from(new McpResponse(method, id, failed, outcome).result()));
  }

  /**
   * Starts a tool call as a task (2025-11-25).
   *
   * @param keep how long the server shall keep the result
   * @throws SandboxException {@code UNSUPPORTED} when the server has no tasks for tool calls
   */
  public McpTask startTool(String name, Map<String, ?> arguments, Duration keep) {
    TypedCalls.requireTasks(connect(), name);
    Json started = result(TypedCalls.task(name, arguments, keep));
    return new ToolTask(this, TypedCalls.taskId(name, started));
  }

  /** All resources, over all pages. */
  public List<McpResource> listResources() {
    return list("resources/list", "/resources", McpResource::from);
  }

  /** All resource templates, over all pages. */
  public List<McpResourceTemplate> listResourceTemplates() {
    return list("resources/templates/list", "/resourceTemplates", McpResourceTemplate::from);
  }

  /** Reads a resource, which may have several parts. */
  public List<McpResourceContents> readResource(String uri) {
    return TypedCalls.contents(result(TypedCalls.resource(uri)));
  }

  /**
   * Subscribes to updates of a resource, which {@link McpListener#resourceUpdated} receives. The
   * subscription is renewed after a restart.
   */
  public void subscribeResource(String uri) {
    conversation.subscribe(uri);
  }

  /** Ends {@link #subscribeResource}. */
  public void unsubscribeResource(String uri) {
    conversation.unsubscribe(uri);
  }

  /**
   * Opens a separate stream of notifications. In the modern era this is {@code
   * subscriptions/listen}; in the older one resources are subscribed to, and the listener receives
   * what the filter lets through.
   */
  public McpSubscription listen(McpSubscriptionFilter filter, McpListener listener) {
    return conversation.listen(filter, listener);
  }

  /** All prompts, over all pages. */
  public List<McpPrompt> listPrompts() {
    return list("prompts/list", "/prompts", McpPrompt::from);
  }

  /** Fills in a prompt. */
  public McpPromptResult getPrompt(String name, Map<String, String> arguments) {
    return McpPromptResult.from(
        result(McpRequest.of("prompts/get", Map.of("name", name, "arguments", arguments))));
  }

  /** Proposes values for an argument that begins with some text. */
  public McpCompletion complete(McpCompletion.Reference of, String argument, String value) {
    return complete(of, argument, value, Map.of());
  }

  /**
   * Proposes values for an argument.
   *
   * @param known values of other arguments
   */
  public McpCompletion complete(
      McpCompletion.Reference of, String argument, String value, Map<String, String> known) {
    return McpCompletion.from(result(TypedCalls.completion(of, argument, value, known)));
  }

  /**
   * Asks for log messages from this level on, now and after restarts. In the modern era this goes
   * along with each request, and without it there are none.
   */
  public void setLogLevel(McpLogLevel level) {
    conversation.setLogLevel(level);
  }

  /**
   * Returns when the server has answered; in the modern era it is asked {@code server/discover}.
   */
  public void ping() {
    conversation.ping();
  }

  /**
   * Tells the server that the roots have changed. Does nothing where no roots were declared, no
   * server is ready, or in the modern era.
   */
  public void rootsChanged() {
    conversation.rootsChanged();
  }

  /** Adds a listener, which receives what arrives from now on. */
  public void addListener(McpListener listener) {
    conversation.addListener(listener);
  }

  public void removeListener(McpListener listener) {
    conversation.removeListener(listener);
  }

  public McpCounters counters() {
    return conversation.counters();
  }

  /**
   * Ends the session. Calls that wait fail with {@code CLOSED}. The server gets the end of its
   * stdin; if it has not ended after the {@linkplain McpSessionBuilder#closeGrace grace}, SIGTERM;
   * after another one, SIGKILL. Returns when it has ended, or 5 seconds after SIGKILL; an interrupt
   * kills it at once. Does nothing the second time; a concurrent one waits for the first.
   */
  @Override
  public void close() {
    conversation.close();
  }

  /** The server and the state. */
  @Override
  public String toString() {
    return conversation.toString();
  }

  private Json result(McpRequest request) {
    return call(request).result();
  }

  private <T> List<T> list(String method, String member, Function<Json, T> reader) {
    ListPages<T> pages = new ListPages<>(method, member, reader, limits);
    Optional<McpRequest> next = Optional.of(pages.first());
    while (next.isPresent()) {
      next = pages.add(result(next.get()));
    }
    return pages.items();
  }
}
