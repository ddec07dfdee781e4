package dev.warren.mcp.internal.http.modern;

import dev.warren.mcp.Json;
import dev.warren.mcp.McpEra;
import dev.warren.mcp.McpErrorException.RpcError;
import dev.warren.mcp.internal.errors.ErrorCodes;
import dev.warren.mcp.internal.http.exchange.Reply;
import dev.warren.mcp.internal.message.Envelope;
import dev.warren.mcp.internal.rpc.IncomingRequest;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** How messages of the handshake revisions look to a client of revision 2026-07-28. */
final class RevisionTranslation {
  /** What that revision has no more; it never reaches a server of the older ones. */
  static final Set<String> REMOVED =
      Set.of(
          "initialize",
          "ping",
          "logging/setLevel",
          "resources/subscribe",
          "resources/unsubscribe",
          "roots/list",
          "tasks/list",
          "tasks/result");

  private static final Set<String> CACHEABLE =
      Set.of(
          "tools/list",
          "prompts/list",
          "resources/list",
          "resources/templates/list",
          "resources/read",
          "server/discover");
  private static final Map<String, String> ABILITIES =
      Map.of(
          "sampling/createMessage", "sampling",
          "elicitation/create", "elicitation",
          "roots/list", "roots");
  private static final String SERVER_INFO = StatelessRequest.META + "serverInfo";
  private static final long OLD_RESOURCE_NOT_FOUND = -32002;

  private RevisionTranslation() {}

  /** Whether a client with these abilities can be asked for anything. */
  static boolean canBeAsked(Json capabilities) {
    return ABILITIES.values().stream().anyMatch(name -> capabilities.at("/" + name).isPresent());
  }

  /** The ability that a request of the server needs and the client has not; "" for no known one. */
  static Optional<String> missingCapability(StatelessRequest request, Envelope asked) {
    String ability = ABILITIES.getOrDefault(asked.method(), "");
    boolean declared = !ability.isEmpty() && request.capabilities().at("/" + ability).isPresent();
    return declared ? Optional.empty() : Optional.of(ability);
  }

  /** What the server hears when the client lacks an ability. */
  static RpcError notDeclared(String ability) {
    return new RpcError(
        ErrorCodes.METHOD_NOT_FOUND,
        ability.isEmpty() ? "unknown method" : "the client has not declared " + ability,
        Optional.empty());
  }

  /** What the client hears when it lacks an ability. */
  static Reply missing(String id, String ability) {
    return Reply.error(
        400,
        id,
        ErrorCodes.MISSING_CAPABILITY,
        "the server needs an ability that the client has not declared",
        Json.of(Map.of("requiredCapabilities", Map.of(ability, Map.of()))));
  }

  /** The name of a request of the server towards the client: its id. */
  static String key(String idToken) {
    return Json.parse(idToken).string("").orElse("request-" + idToken);
  }

  /** The result that asks for input. */
  static Reply inputRequired(String id, Map<String, IncomingRequest> asked, String state) {
    Map<String, Object> requests = new LinkedHashMap<>();
    asked.forEach(
        (key, request) -> {
          Map<String, Object> one = new LinkedHashMap<>();
          one.put("method", request.method());
          one.put("params", request.envelope().params().orElse(Json.EMPTY_OBJECT));
          requests.put(key, one);
        });
    Map<String, Object> result = new LinkedHashMap<>();
    result.put("resultType", "input_required");
    result.put("inputRequests", requests);
    result.put("requestState", state);
    return Reply.json(200, Envelope.result(id, Json.of(result)));
  }

  /** A request without what is meant for us; all else stays as the client wrote it. */
  static Envelope withoutInput(Envelope request) {
    if (request.token("params", "inputResponses").isEmpty()
        && request.token("params", "requestState").isEmpty()) {
      return request;
    }
    Map<String, Object> params = new LinkedHashMap<>();
    if (request.params().orElse(Json.EMPTY_OBJECT).toJava() instanceof Map<?, ?> all) {
      all.forEach((name, value) -> params.put(String.valueOf(name), value));
    }
    params.remove("inputResponses");
    params.remove("requestState");
    return Envelope.request(request.id().orElseThrow(), request.method(), Json.of(params));
  }

  /**
   * The answer of a server, with what the client's revision wants in it.
   *
   * @param era the family of the server
   * @param handshake what the server said at its start
   */
  static Reply answer(StatelessRequest request, Envelope answer, McpEra era, Json handshake) {
    if (answer.kind() == Envelope.Kind.ERROR) {
      return error(request, answer, era);
    }
    Envelope result = answer;
    boolean object = answer.token("result").filter(text -> text.startsWith("{")).isPresent();
    if (era == McpEra.LEGACY && object) {
      result = stamped(result, request.method(), handshake);
    }
    return Reply.json(200, result);
  }

  /** The answer to {@code server/discover} of a server that only knows the handshake. */
  static Envelope discovery(String id, Json handshake) {
    Map<String, Object> capabilities = new LinkedHashMap<>();
    if (handshake.at("/capabilities").map(Json::toJava).orElse(null) instanceof Map<?, ?> all) {
      all.forEach((name, value) -> capabilities.put(String.valueOf(name), value));
    }
    capabilities.remove("tasks");
    Map<String, Object> result = new LinkedHashMap<>();
    result.put("supportedVersions", List.of(StatelessRequest.REVISION));
    result.put("capabilities", capabilities);
    handshake.string("/instructions").ifPresent(text -> result.put("instructions", text));
    return stamped(Envelope.result(id, Json.of(result)), "server/discover", handshake);
  }

  /** A message under the id of the request that it answers now. */
  static byte[] withId(byte[] message, String id) {
    try {
      return Envelope.read(message).withId(id).toBytes();
    } catch (IOException e) {
      throw new IllegalStateException("a reply of our own is no message", e);
    }
  }

  private static Reply error(StatelessRequest request, Envelope answer, McpEra era) {
    Optional<RpcError> error = answer.error();
    long code = error.map(RpcError::code).orElse(0L);
    if (code == OLD_RESOURCE_NOT_FOUND
        && era == McpEra.LEGACY
        && request.method().equals("resources/read")) {
      return Reply.json(
          200, answer.with(Integer.toString(ErrorCodes.INVALID_PARAMS), "error", "code"));
    }
    int status = 200;
    if (code == ErrorCodes.METHOD_NOT_FOUND) {
      status = 404;
    } else if (code <= ErrorCodes.HEADER_MISMATCH && code >= ErrorCodes.UNSUPPORTED_VERSION) {
      status = 400;
    }
    return Reply.json(status, answer);
  }

  private static Envelope stamped(Envelope message, String method, Json handshake) {
    Envelope result = defaulted(message, "\"complete\"", "resultType");
    if (CACHEABLE.contains(method)) {
      result = defaulted(result, "0", "ttlMs");
      result = defaulted(result, "\"private\"", "cacheScope");
    }
    Optional<Json> info = handshake.at("/serverInfo");
    boolean open = result.token("result", "_meta").filter(m -> !m.startsWith("{")).isEmpty();
    return info.isPresent() && open && result.token("result", "_meta", SERVER_INFO).isEmpty()
        ? result.with(info.get().toString(), "result", "_meta", SERVER_INFO)
        : result;
  }

  private static Envelope defaulted(Envelope message, String value, String member) {
    return message.token("result", member).isPresent()
        ? message
        : message.with(value, "result", member);
  }
}
