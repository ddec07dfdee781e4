package dev.warren.mcp.internal.session;

import dev.warren.mcp.Json;

/** Makes the value that a caller gets of an answer. Runs off the reader's thread. */
@FunctionalInterface
public interface AnswerReader<T> {

  /**
   * @param id what the caller knows the request by
   * @param failed whether it is the server's error
   * @param outcome the value of the member {@code result} or {@code error}
   */
  T read(String method, Json id, boolean failed, Json outcome);
}
