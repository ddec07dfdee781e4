package dev.warren.mcp;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A server's request for a completion by the client's model. */
public final class McpSampling {
  private McpSampling() {}

  /** Answers such requests. Runs on a thread of its own, and may call the session. */
  @FunctionalInterface
  public interface Handler {
    /**
     * Asks a model.
     *
     * @throws McpErrorException to answer with that error
     * @throws Exception anything else makes a plain internal error, whose text is not sent
     */
    Result sample(Request request) throws Exception;
  }

  /**
   * What is asked.
   *
   * @param raw all parameters: preferences, temperature, tools
   */
  public record Request(
      List<McpMessage> messages,
      Optional<String> systemPrompt,
      Optional<Long> maxTokens,
      Json raw) {
    public Request {
      messages = List.copyOf(messages);
    }

    /** Reads the parameters of {@code sampling/createMessage}. */
    public static Request from(Json params) {
      return new Request(
          params.at("/messages").map(Json::elements).orElse(List.of()).stream()
              .map(McpMessage::from)
              .toList(),
          params.string("/systemPrompt"),
          params
              .at("/maxTokens")
              .filter(tokens -> tokens.toJava() instanceof Number)
              .map(tokens -> tokens.as(Long.class)),
          params);
    }
  }

  /**
   * What the model said.
   *
   * @param raw what is sent
   */
  public record Result(Json raw) {
    /** Text of the assistant that came to its end. */
    public static Result text(String model, String text) {
      Map<String, Object> members = new LinkedHashMap<>();
      members.put("role", "assistant");
      members.put("content", McpContent.text(text).raw());
      members.put("model", model);
      members.put("stopReason", "endTurn");
      return new Result(Json.of(members));
    }
  }
}
