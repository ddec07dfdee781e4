package dev.warren.mcp;

import java.util.LinkedHashMap;
import java.util.Map;

/** A server's request for input from the user. */
public final class McpElicitation {
  private McpElicitation() {}

  /** Asks the user to fill in a form. Runs on a thread of its own, and may call the session. */
  @FunctionalInterface
  public interface FormHandler {
    /**
     * @throws McpErrorException to answer with that error
     * @throws Exception anything else makes a plain internal error, whose text is not sent
     */
    Answer ask(Form form) throws Exception;
  }

  /**
   * Asks the user to visit a page, which the server learns of by itself. Runs on a thread of its
   * own, and may call the session.
   */
  @FunctionalInterface
  public interface UrlHandler {
    /**
     * @throws McpErrorException to answer with that error
     * @throws Exception anything else makes a plain internal error, whose text is not sent
     */
    Answer ask(Visit visit) throws Exception;
  }

  /**
   * A form.
   *
   * @param requestedSchema JSON Schema of an object with plain members
   */
  public record Form(String message, Json requestedSchema, Json raw) {
    static Form from(Json params) {
      return new Form(
          params.string("/message").orElse(""),
          params.at("/requestedSchema").orElse(Json.EMPTY_OBJECT),
          params);
    }
  }

  /**
   * A page to be visited.
   *
   * @param url the server's word: to be shown to the user in full before it is opened
   */
  public record Visit(String message, String url, Json raw) {
    static Visit from(Json params) {
      return new Visit(
          params.string("/message").orElse(""), params.string("/url").orElse(""), params);
    }
  }

  /**
   * What the user did.
   *
   * @param raw what is sent
   */
  public record Answer(Json raw) {
    /** The form was filled in. */
    public static Answer accept(Map<String, ?> content) {
      Map<String, Object> members = new LinkedHashMap<>();
      members.put("action", "accept");
      members.put("content", content);
      return new Answer(Json.of(members));
    }

    /** The user agreed to visit the page. */
    public static Answer accept() {
      return new Answer(Json.of(Map.of("action", "accept")));
    }

    /** The user refused. */
    public static Answer decline() {
      return new Answer(Json.of(Map.of("action", "decline")));
    }

    /** The user did neither. */
    public static Answer cancel() {
      return new Answer(Json.of(Map.of("action", "cancel")));
    }
  }
}
