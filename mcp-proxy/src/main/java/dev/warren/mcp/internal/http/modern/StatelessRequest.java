package dev.warren.mcp.internal.http.modern;

import dev.warren.SandboxException;
import dev.warren.mcp.Json;
import dev.warren.mcp.McpEra;
import dev.warren.mcp.McpRevision;
import dev.warren.mcp.http.McpHttpExchange;
import dev.warren.mcp.internal.errors.ErrorCodes;
import dev.warren.mcp.internal.http.exchange.McpHeaders;
import dev.warren.mcp.internal.http.exchange.Reply;
import dev.warren.mcp.internal.message.Envelope;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A request of revision 2026-07-28, whose headers repeat parts of its body. Immutable. */
public final class StatelessRequest {
  static final String META = "io.modelcontextprotocol/";
  static final String REVISION = McpRevision.V2026_07_28.toString();

  private static final String VERSION = META + "protocolVersion";
  private static final String CAPABILITIES = META + "clientCapabilities";
  private static final Set<String> NAMED = Set.of("tools/call", "prompts/get", "resources/read");

  private final Envelope message;
  private final String token;

  private StatelessRequest(Envelope message, String token) {
    this.message = message;
    this.token = token;
  }

  /** Whether a message is of this revision, or claims to be of one that nobody knows. */
  public static boolean isModern(McpHttpExchange exchange, Envelope message) {
    return message.token("params", "_meta", VERSION).isPresent()
        || exchange
            .header(McpHeaders.VERSION)
            .flatMap(McpRevision::of)
            .filter(known -> known.era() == McpEra.MODERN)
            .isPresent()
        || message.method().equals("server/discover");
  }

  static StatelessRequest of(Envelope message) {
    return new StatelessRequest(message, message.id().orElseThrow());
  }

  /** What is wrong with it; null if nothing is. */
  @Nullable Reply refusal(McpHttpExchange exchange) {
    Optional<String> version = text("params", "_meta", VERSION);
    if (version.isEmpty()) {
      return bad("_meta has no " + VERSION);
    }
    if (message.token("params", "_meta", CAPABILITIES).filter(s -> s.startsWith("{")).isEmpty()) {
      return bad("_meta has no " + CAPABILITIES);
    }
    Reply mismatch = mismatch(exchange, McpHeaders.VERSION, version);
    if (mismatch != null) {
      return mismatch;
    }
    if (!version.get().equals(REVISION)) {
      return Reply.error(
          400,
          token,
          ErrorCodes.UNSUPPORTED_VERSION,
          "unsupported protocol version",
          Json.of(Map.of("supported", List.of(REVISION), "requested", version.get())));
    }
    mismatch = mismatch(exchange, "Mcp-Method", Optional.of(message.method()));
    if (mismatch == null && NAMED.contains(message.method())) {
      mismatch = mismatch(exchange, "Mcp-Name", name());
    }
    return mismatch;
  }

  Envelope message() {
    return message;
  }

  String method() {
    return message.method();
  }

  /** The token of its id. */
  String id() {
    return token;
  }

  /** The name or URI that it is about. */
  Optional<String> name() {
    return message.method().equals("resources/read")
        ? text("params", "uri")
        : text("params", "name");
  }

  /** Whether the server may ask for input before it answers. */
  boolean mayAsk() {
    return NAMED.contains(message.method());
  }

  /** What the client is able to, as it says in this request. */
  Json capabilities() {
    return message.token("params", "_meta", CAPABILITIES).map(Json::parse).orElseThrow();
  }

  Optional<Json> clientInfo() {
    return message.token("params", "_meta", META + "clientInfo").map(Json::parse);
  }

  Optional<String> logLevel() {
    return text("params", "_meta", META + "logLevel");
  }

  Optional<String> requestState() {
    return text("params", "requestState");
  }

  /**
   * The answers that a client brings to what a server asked.
   *
   * @throws SandboxException {@code INVALID_ARGUMENT} when they are none
   */
  Map<String, Json> inputResponses() {
    Optional<Json> responses = message.token("params", "inputResponses").map(Json::parse);
    Map<String, Json> input = new LinkedHashMap<>();
    if (responses.isEmpty()) {
      return input;
    }
    if (!(responses.get().toJava() instanceof Map<?, ?> all)) {
      throw SandboxException.invalid("read", "inputResponses must be an object", "");
    }
    for (Object key : all.keySet()) {
      String name = String.valueOf(key);
      String pointer = "/" + name.replace("~", "~0").replace("/", "~1");
      Json answer = responses.get().at(pointer).orElse(Json.EMPTY_OBJECT);
      if (!(answer.toJava() instanceof Map<?, ?>)) {
        throw SandboxException.invalid("read", "each of inputResponses must be an object", "");
      }
      input.put(name, answer);
    }
    return input;
  }

  private Reply bad(String text) {
    return Reply.error(400, token, ErrorCodes.INVALID_PARAMS, text);
  }

  private @Nullable Reply mismatch(
      McpHttpExchange exchange, String header, Optional<String> expected) {
    List<String> values = exchange.headers(header);
    String problem = null;
    if (values.size() != 1) {
      problem = values.isEmpty() ? header + " is missing" : header + " is there more than once";
    } else if (!decoded(values.get(0).strip()).equals(expected)) {
      problem = header + " differs from the body";
    }
    return problem == null ? null : Reply.error(400, token, ErrorCodes.HEADER_MISMATCH, problem);
  }

  /** A header's value; empty when it claims to be Base64 of UTF-8 and is not. */
  static Optional<String> decoded(String value) {
    if (!value.startsWith("=?base64?") || !value.endsWith("?=") || value.length() < 11) {
      return Optional.of(value);
    }
    try {
      byte[] bytes = Base64.getDecoder().decode(value.substring(9, value.length() - 2));
      return Optional.of(
          StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString());
    } catch (IllegalArgumentException | CharacterCodingException e) {
      return Optional.empty();
    }
  }

  private Optional<String> text(String... path) {
    return message.token(path).flatMap(value -> Json.parse(value).string(""));
  }
}
