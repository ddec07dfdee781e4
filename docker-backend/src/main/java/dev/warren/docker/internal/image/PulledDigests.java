package dev.warren.docker.internal.image;

import com.fasterxml.jackson.databind.JsonNode;
import dev.warren.ImageRef;
import dev.warren.SandboxException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

/**
 * Which digest a name stands for. The engine keeps digests for an image and a repository, not for a
 * tag; where several fit, the one that was pulled last under the name is remembered here.
 * Thread-safe.
 */
final class PulledDigests {
  private final Map<String, List<String>> mirrors;
  private final Map<ImageRef, Pulled> pulled = new ConcurrentHashMap<>();

  private record Pulled(String imageId, String digest) {}

  PulledDigests(Map<String, List<String>> mirrors) {
    this.mirrors = mirrors;
  }

  void remember(ImageRef ref, String imageId, String digest) {
    pulled.put(ref, new Pulled(imageId, digest));
  }

  /**
   * The digest that a name stands for.
   *
   * @return the image's id where there is no digest, because the image was made on the engine
   */
  String of(ImageRef ref, JsonNode image) {
    if (ref.digest().isPresent()) {
      return ref.digest().get();
    }
    String id = image.path("Id").asText();
    List<String> fitting = digests(ref, image);
    Pulled last = pulled.get(ref);
    if (last != null && last.imageId().equals(id) && fitting.contains(last.digest())) {
      return last.digest();
    }
    return fitting.isEmpty() ? id : fitting.get(0);
  }

  /** The digests of the name's repository, and of its mirrors, in this order. */
  private List<String> digests(ImageRef ref, JsonNode image) {
    List<ImageRef> known = byDigest(image);
    List<String> digests = new ArrayList<>();
    for (ImageRef place : places(ref)) {
      for (ImageRef name : known) {
        if (PullSource.repository(name).equals(PullSource.repository(place))) {
          name.digest().ifPresent(digests::add);
        }
      }
    }
    return digests;
  }

  /** The references by digest that a name got from its mirrors, and that nobody asked for. */
  List<ImageRef> fromMirrors(ImageRef ref, JsonNode image) {
    List<String> places = places(ref).stream().skip(1).map(PullSource::repository).toList();
    return byDigest(image).stream()
        .filter(name -> places.contains(PullSource.repository(name)))
        .toList();
  }

  /** The name itself, then the same at its mirrors. */
  List<ImageRef> places(ImageRef ref) {
    List<ImageRef> places = new ArrayList<>();
    places.add(ref);
    PullSource.of(ref, mirrors).stream()
        .filter(PullSource::mirror)
        .forEach(source -> places.add(source.name()));
    return places;
  }

  /** The names of an image that are tags. */
  static List<ImageRef> tags(JsonNode image) {
    return references(image.path("RepoTags")).stream()
        .filter(name -> name.digest().isEmpty())
        .toList();
  }

  /** Those by digest. With the containerd image store the engine has them among the tags too. */
  static List<ImageRef> byDigest(JsonNode image) {
    return Stream.of("RepoDigests", "RepoTags")
        .flatMap(list -> references(image.path(list)).stream())
        .filter(name -> name.digest().isPresent())
        .distinct()
        .toList();
  }

  /** What the engine lists, without what is no reference, such as {@code <none>:<none>}. */
  static List<ImageRef> references(JsonNode names) {
    List<ImageRef> references = new ArrayList<>();
    for (String name : ImageTable.texts(names)) {
      if (!name.contains("<none>")) {
        reference(name).ifPresent(references::add);
      }
    }
    return references;
  }

  private static Optional<ImageRef> reference(String name) {
    try {
      return Optional.of(ImageRef.parse(name));
    } catch (SandboxException e) {
      return Optional.empty();
    }
  }
}
