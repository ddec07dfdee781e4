package dev.warren.mcp;

/** Answers requests of a server. Runs on a thread of its own, and may call the session. */
@FunctionalInterface
public interface McpRequestHandler {

  /**
   * Answers one request. It is interrupted when the server takes the request back, when it takes
   * too long, and when the session ends.
   *
   * @param params {@code {}} where there were none
   * @return the result, an object
   * @throws McpErrorException to answer with that error
   * @throws Exception anything else makes a plain internal error, whose text is not sent
   */
  Json handle(Json params) throws Exception;
}
