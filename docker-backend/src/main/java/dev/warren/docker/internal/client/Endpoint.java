package dev.warren.docker.internal.client;

import dev.warren.SandboxException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Where the engine listens.
 *
 * @param uri {@code unix:///…} or {@code tcp://host:port}
 * @param tls for TCP
 */
public record Endpoint(URI uri, Optional<TlsFiles> tls) {
  private static final String OPERATION = "open runtime";
  private static final int TLS_PORT = 2376;
  private static final int PLAIN_PORT = 2375;

  /** PEM files: the authority of the engine's certificate, and what this client shows. */
  public record TlsFiles(Path authority, Path certificate, Path key) {
    /** Leaves the host's paths out. */
    @Override
    public String toString() {
      return "TlsFiles";
    }
  }

  /**
   * Checks an address as {@code DOCKER_HOST} has it.
   *
   * @throws SandboxException {@code INVALID_ARGUMENT}, {@code UNSUPPORTED} for other schemes
   */
  public static Endpoint of(String address, Optional<TlsFiles> tls, boolean insecureTcp) {
    URI uri = parse(address);
    return switch (String.valueOf(uri.getScheme())) {
      case "unix" -> {
        if (uri.getPath() == null || uri.getPath().length() < 2 || uri.getHost() != null) {
          throw invalid("a unix address is 'unix://' and an absolute path");
        }
        if (tls.isPresent()) {
          throw invalid("TLS is for TCP; a unix socket has no use for it");
        }
        yield new Endpoint(uri, Optional.empty());
      }
      case "tcp", "http", "https" -> tcp(uri, tls, insecureTcp);
      default ->
          throw DockerErrors.error(SandboxException.Code.UNSUPPORTED, OPERATION, "")
              .detail("an engine is reached over unix:// or tcp://, not " + uri.getScheme() + "://")
              .remedy("forward its socket, or let it listen on TCP with TLS")
              .build();
    };
  }

  private static Endpoint tcp(URI uri, Optional<TlsFiles> tls, boolean insecureTcp) {
    if (uri.getHost() == null) {
      throw invalid("a TCP address is 'tcp://', a host and a port");
    }
    if (uri.getUserInfo() != null || (uri.getPath() != null && uri.getPath().length() > 1)) {
      throw invalid("a TCP address has a host and a port, nothing else");
    }
    if (tls.isEmpty() && !insecureTcp) {
      throw DockerErrors.error(SandboxException.Code.INVALID_ARGUMENT, OPERATION, "")
          .detail("TCP without TLS gives everybody on the way the engine, and so its host")
          .remedy("name the CA, the client's certificate and its key, or say insecureTcp()")
          .build();
    }
    if (tls.isPresent() && insecureTcp) {
      throw invalid("it is either TLS or insecureTcp()");
    }
    int port = uri.getPort() > 0 ? uri.getPort() : tls.isPresent() ? TLS_PORT : PLAIN_PORT;
    return new Endpoint(URI.create("tcp://" + bracketed(uri.getHost()) + ":" + port), tls);
  }

  /** Whether it is a socket of this host. */
  public boolean isUnix() {
    return "unix".equals(uri.getScheme());
  }

  /** The socket's path. */
  public Path socket() {
    return Path.of(uri.getPath());
  }

  /** The engine's host name or address, without brackets. */
  public String host() {
    String host = uri.getHost();
    return host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
  }

  private static String bracketed(String host) {
    return host.contains(":") && !host.startsWith("[") ? "[" + host + "]" : host;
  }

  private static URI parse(String address) {
    try {
      return new URI(address.strip());
    } catch (URISyntaxException e) {
      throw invalid("the engine's address is no URI");
    }
  }

  private static SandboxException invalid(String detail) {
    return DockerErrors.error(SandboxException.Code.INVALID_ARGUMENT, OPERATION, "")
        .detail(detail)
        .build();
  }

  /** Leaves the socket's path out. */
  @Override
  public String toString() {
    return isUnix() ? "unix socket" : uri.toString();
  }
}
