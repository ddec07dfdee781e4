package dev.warren.mcp;

import dev.warren.SandboxException;
import java.util.Base64;
import java.util.Optional;

/** What is in a resource. */
public sealed interface McpResourceContents {

  String uri();

  Optional<String> mimeType();

  /** As it was sent. */
  Json raw();

  record Text(String uri, Optional<String> mimeType, String text, Json raw)
      implements McpResourceContents {
    @Override
    public String toString() {
      return text;
    }
  }

  /**
   * @param blob in Base64
   */
  record Blob(String uri, Optional<String> mimeType, String blob, Json raw)
      implements McpResourceContents {
    /**
     * @throws SandboxException {@code DATA_LOSS} when it is not Base64
     */
    public byte[] bytes() {
      try {
        return Base64.getDecoder().decode(blob);
      } catch (IllegalArgumentException e) {
        throw SandboxException.of(SandboxException.Code.DATA_LOSS, "read resource", uri)
            .detail("the server's data is not Base64")
            .cause(e)
            .build();
      }
    }

    @Override
    public String toString() {
      return "[resource " + uri + "]";
    }
  }

  /** Reads one; without a blob it is text. */
  static McpResourceContents from(Json raw) {
    String uri = raw.string("/uri").orElse("");
    Optional<String> blob = raw.string("/blob");
    return blob.isPresent()
        ? new Blob(uri, raw.string("/mimeType"), blob.get(), raw)
        : new Text(uri, raw.string("/mimeType"), raw.string("/text").orElse(""), raw);
  }
}
