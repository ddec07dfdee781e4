package dev.warren.mcp;

import dev.warren.SandboxException;
import java.util.Base64;

/** One piece of what a tool, a prompt or a model says. */
public sealed interface McpContent {

  /** As it was sent, with annotations and all else. */
  Json raw();

  record Text(String text, Json raw) implements McpContent {
    @Override
    public String toString() {
      return text;
    }
  }

  /**
   * @param data in Base64
   */
  record Image(String data, String mimeType, Json raw) implements McpContent {
    /**
     * @throws SandboxException {@code DATA_LOSS} when it is not Base64
     */
    public byte[] bytes() {
      return decoded("image", data);
    }

    @Override
    public String toString() {
      return "[image " + mimeType + "]";
    }
  }

  /**
   * @param data in Base64
   */
  record Audio(String data, String mimeType, Json raw) implements McpContent {
    /**
     * @throws SandboxException {@code DATA_LOSS} when it is not Base64
     */
    public byte[] bytes() {
      return decoded("audio", data);
    }

    @Override
    public String toString() {
      return "[audio " + mimeType + "]";
    }
  }

  /** A resource that can be read. */
  record ResourceLink(McpResource resource, Json raw) implements McpContent {
    @Override
    public String toString() {
      return "[resource " + resource.uri() + "]";
    }
  }

  /** A resource and what is in it. */
  record Embedded(McpResourceContents contents, Json raw) implements McpContent {
    @Override
    public String toString() {
      return contents.toString();
    }
  }

  /** A kind that this library does not know. */
  record Other(String type, Json raw) implements McpContent {
    @Override
    public String toString() {
      return "[" + type + "]";
    }
  }

  /** Text to be sent. */
  static Text text(String text) {
    return new Text(text, Json.of(java.util.Map.of("type", "text", "text", text)));
  }

  /** Reads one piece; what it lacks is an empty string. */
  static McpContent from(Json raw) {
    String type = raw.string("/type").orElse("");
    String data = type.equals("image") || type.equals("audio") ? text(raw, "/data") : "";
    return switch (type) {
      case "text" -> new Text(text(raw, "/text"), raw);
      case "image" -> new Image(data, text(raw, "/mimeType"), raw);
      case "audio" -> new Audio(data, text(raw, "/mimeType"), raw);
      case "resource_link" -> new ResourceLink(McpResource.from(raw), raw);
      case "resource" ->
          new Embedded(
              McpResourceContents.from(raw.at("/resource").orElse(Json.EMPTY_OBJECT)), raw);
      default -> new Other(type, raw);
    };
  }

  private static String text(Json raw, String pointer) {
    return raw.string(pointer).orElse("");
  }

  private static byte[] decoded(String kind, String data) {
    try {
      return Base64.getDecoder().decode(data);
    } catch (IllegalArgumentException e) {
      throw SandboxException.of(SandboxException.Code.DATA_LOSS, "read", kind)
          .detail("the server's data is not Base64")
          .cause(e)
          .build();
    }
  }
}
