package dev.warren.mcp.internal.http;

import dev.warren.SandboxException;
import dev.warren.mcp.http.McpHttpExchange;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Refuses requests that a web page of somebody else made through a name that resolves to this
 * machine (DNS rebinding): the Host must be one that this endpoint is known by, and so must the
 * Origin, where there is one.
 */
public final class HostPolicy {
  private static final List<String> LOOPBACK = List.of("localhost", "127.0.0.1", "[::1]");

  private final Set<String> hosts;
  private final Set<String> origins;

  /**
   * @param hosts names by which the endpoint is reached, with or without a port; without one, any
   *     port will do. Those of the loopback are always among them
   * @param origins of web pages that may use it, as {@code https://app.example}
   */
  public HostPolicy(List<String> hosts, List<String> origins) {
    this.hosts =
        Stream.concat(LOOPBACK.stream(), hosts.stream())
            .map(HostPolicy::lower)
            .collect(Collectors.toUnmodifiableSet());
    this.origins = origins.stream().map(HostPolicy::origin).collect(Collectors.toUnmodifiableSet());
  }

  boolean allows(McpHttpExchange request) {
    List<String> host = request.headers("Host");
    List<String> origin = request.headers("Origin");
    return host.size() == 1
        && knownHost(host.get(0))
        && (origin.isEmpty() || (origin.size() == 1 && knownOrigin(origin.get(0))));
  }

  private boolean knownHost(String value) {
    String host = lower(value.strip());
    return hosts.contains(host) || hosts.contains(withoutPort(host));
  }

  private boolean knownOrigin(String value) {
    if (origins.contains(lower(value))) {
      return true;
    }
    try {
      String authority = new URI(value).getRawAuthority();
      return authority != null
          && authority.indexOf('@') < 0
          && LOOPBACK.contains(withoutPort(lower(authority)));
    } catch (URISyntaxException e) {
      return false;
    }
  }

  private static String withoutPort(String host) {
    int colon = host.lastIndexOf(':');
    return colon > host.lastIndexOf(']') ? host.substring(0, colon) : host;
  }

  private static String origin(String value) {
    if (!value.matches("(?i)[a-z][a-z0-9+.-]*://[^/?#@\\s]+")) {
      throw SandboxException.invalid(
          "allow origin", "'" + value + "'", "use the form https://host[:port]");
    }
    return lower(value);
  }

  private static String lower(String value) {
    return value.toLowerCase(Locale.ROOT);
  }
}
