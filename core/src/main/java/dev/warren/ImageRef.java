package dev.warren;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The normalised name of an image: {@code host/repository:tag} or {@code host/repository@digest}.
 *
 * <p>Names are read as the Docker command line reads them: without a host they mean the default
 * registry, and there without a namespace {@code library/}. A tag or a digest is required, because
 * a silent {@code latest} makes two starts of one program run different images.
 *
 * @param registry host and optional port
 * @param repository path below the registry
 * @param tag empty when only a digest was given
 * @param digest {@code sha256:…}
 */
public record ImageRef(
    String registry, String repository, Optional<String> tag, Optional<String> digest) {

  private static final String DEFAULT_REGISTRY = "docker.io";
  private static final Pattern REPOSITORY =
      Pattern.compile(
          "[a-z0-9]+(?:(?:\\.|_|__|-+)[a-z0-9]+)*(?:/[a-z0-9]+(?:(?:\\.|_|__|-+)[a-z0-9]+)*)*");
  private static final Pattern TAG = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}");
  private static final Pattern DIGEST = Pattern.compile("sha256:[a-f0-9]{64}");
  private static final Pattern REGISTRY =
      Pattern.compile(
          "(?:[A-Za-z0-9]+(?:(?:\\.|-+)[A-Za-z0-9]+)*|\\[[0-9a-fA-F:]+])(?::[0-9]{1,5})?");
  private static final Pattern PARTS =
      Pattern.compile("(?<name>[^@]+?)(?::(?<tag>[^:/@]*))?(?:@(?<digest>.*))?");

  /**
   * @throws SandboxException {@code INVALID_ARGUMENT}
   */
  public ImageRef {
    require(REGISTRY.matcher(registry).matches(), registry, "the registry is no host name");
    require(
        REPOSITORY.matcher(repository).matches(),
        repository,
        "repositories are lower case, with '/' between parts");
    tag.ifPresent(
        value ->
            require(
                TAG.matcher(value).matches(),
                value,
                "the tag has characters that tags cannot have"));
    digest.ifPresent(
        value ->
            require(
                DIGEST.matcher(value).matches(), value, "a digest is sha256: and 64 hex digits"));
    require(
        tag.isPresent() || digest.isPresent(),
        repository,
        "it has no tag and no digest; add one, such as ':1.0'");
  }

  /**
   * @throws SandboxException {@code INVALID_ARGUMENT}
   */
  public static ImageRef parse(String text) {
    Matcher parts = PARTS.matcher(text);
    require(
        !text.isBlank() && text.length() <= 512 && parts.matches(), text, "it is no image name");
    String name = parts.group("name");
    int slash = name.indexOf('/');
    String first = slash < 0 ? "" : name.substring(0, slash);
    boolean hasHost =
        first.contains(".")
            || first.contains(":")
            || first.equals("localhost")
            || first.startsWith("[");
    String registry = hasHost ? first : DEFAULT_REGISTRY;
    String repository = hasHost ? name.substring(slash + 1) : name;
    if (registry.equals(DEFAULT_REGISTRY) && repository.indexOf('/') < 0) {
      repository = "library/" + repository;
    }
    return new ImageRef(
        registry,
        repository,
        Optional.ofNullable(parts.group("tag")),
        Optional.ofNullable(parts.group("digest")));
  }

  private static void require(boolean condition, String subject, String detail) {
    if (!condition) {
      throw SandboxException.invalid("check image name", "'" + subject + "'", detail);
    }
  }

  /** The full name, as engines store it. */
  @Override
  public String toString() {
    return registry
        + "/"
        + repository
        + tag.map(value -> ":" + value).orElse("")
        + digest.map(value -> "@" + value).orElse("");
  }
}
