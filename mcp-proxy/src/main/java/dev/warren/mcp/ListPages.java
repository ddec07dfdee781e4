package dev.warren.mcp;

import dev.warren.SandboxException;
import dev.warren.SandboxException.Code;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/** The pages of one list, put together. A server that goes round in circles is stopped. */
final class ListPages<T> {
  private final String method;
  private final String member;
  private final Function<Json, T> reader;
  private final McpLimits limits;
  private final List<T> items = new ArrayList<>();
  private final Set<String> cursors = new HashSet<>();

  /**
   * @param member where the items of a page are
   */
  ListPages(String method, String member, Function<Json, T> reader, McpLimits limits) {
    this.method = method;
    this.member = member;
    this.reader = reader;
    this.limits = limits;
  }

  /** The request for the first page. */
  McpRequest first() {
    return McpRequest.of(method);
  }

  /** Takes a page; the request for the next one, if there is one. */
  Optional<McpRequest> add(Json page) {
    List<Json> more = page.at(member).map(Json::elements).orElse(List.of());
    if (items.size() + more.size() > limits.items()) {
      throw tooLong(limits.items() + " items");
    }
    more.forEach(item -> items.add(reader.apply(item)));
    Optional<String> cursor = page.string("/nextCursor");
    if (cursor.isEmpty()) {
      return Optional.empty();
    }
    if (!cursors.add(cursor.get())) {
      throw SandboxException.of(Code.DATA_LOSS, "list", method)
          .detail("the server named the same next page twice")
          .build();
    }
    if (cursors.size() >= limits.pages()) {
      throw tooLong(limits.pages() + " pages");
    }
    return Optional.of(McpRequest.of(method, Map.of("cursor", cursor.get())));
  }

  /** What all pages hold. */
  List<T> items() {
    return List.copyOf(items);
  }

  private SandboxException tooLong(String limit) {
    return SandboxException.of(Code.RESOURCE_EXHAUSTED, "list", method)
        .detail("the list has more than " + limit)
        .remedy("raise the limit of the session, or read page by page with raw calls")
        .build();
  }
}
