package dev.warren.containerd.internal.registry;

import dev.warren.SandboxException;
import dev.warren.SandboxException.Code;
import dev.warren.engine.internal.login.DockerLogins;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * Where the API of a registry, or of a mirror of it, is.
 *
 * @param base scheme, host and port, and a path where it has one; without a slash at its end
 * @param loginHost the name its logins are kept under
 * @param mirror whether it stands in for the registry that was asked for
 */
record Endpoint(URI base, String loginHost, boolean mirror) {
  private static final Pattern LOOPBACK =
      Pattern.compile("localhost|127(?:\\.\\d{1,3}){3}|\\[::1]|\\[0:0:0:0:0:0:0:1]");

  /** The mirrors of a registry in their order, then the registry. */
  static List<Endpoint> of(String registry, RegistrySettings settings) {
    List<Endpoint> endpoints = new ArrayList<>();
    for (URI mirror : settings.mirrors().getOrDefault(registry, List.of())) {
      endpoints.add(new Endpoint(checked(mirror, settings), mirror.getRawAuthority(), true));
    }
    // The default registry's API is on a host of its own.
    String host =
        registry.equals(DockerLogins.DEFAULT_REGISTRY) ? "registry-1." + registry : registry;
    String scheme = allowsPlain(registry, settings) ? "http" : "https";
    endpoints.add(new Endpoint(URI.create(scheme + "://" + host), registry, false));
    return endpoints;
  }

  /** Whether an address may be spoken to without TLS. */
  static boolean allowsPlain(String authority, RegistrySettings settings) {
    String host = authority.replaceFirst(":\\d+$", "").toLowerCase(Locale.ROOT);
    return LOOPBACK.matcher(host).matches() || settings.plainHttp().contains(authority);
  }

  boolean isPlain() {
    return "http".equals(base.getScheme());
  }

  URI at(String path) {
    return URI.create(base + "/v2/" + path);
  }

  private static URI checked(URI mirror, RegistrySettings settings) {
    String text = mirror.toString();
    boolean plain = "http".equals(mirror.getScheme());
    if (mirror.getHost() == null || (!plain && !"https".equals(mirror.getScheme()))) {
      throw SandboxException.invalid(
          "check mirror", "'" + text + "'", "it is no http or https address");
    }
    if (plain && !allowsPlain(mirror.getRawAuthority(), settings)) {
      throw SandboxException.of(Code.INVALID_ARGUMENT, "check mirror", "'" + text + "'")
          .detail("it is without TLS and not on this host")
          .remedy("use https, or allow plain http for the host")
          .build();
    }
    return URI.create(text.endsWith("/") ? text.substring(0, text.length() - 1) : text);
  }
}
