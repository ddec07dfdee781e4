package dev.warren.docker.internal.image;

import dev.warren.ImageRef;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A place to get an image from.
 *
 * @param name the image has there
 * @param mirror whether it stands in for the registry that was asked for
 */
record PullSource(ImageRef name, boolean mirror) {

  /** The mirrors in their order, then the registry. */
  static List<PullSource> of(ImageRef ref, Map<String, List<String>> mirrors) {
    List<PullSource> sources = new ArrayList<>();
    for (String mirror : mirrors.getOrDefault(ref.registry(), List.of())) {
      sources.add(new PullSource(at(mirror, ref), true));
    }
    sources.add(new PullSource(ref, false));
    return sources;
  }

  /** The same repository at a mirror, which is a host, or a host and the beginning of a path. */
  private static ImageRef at(String mirror, ImageRef ref) {
    int slash = mirror.indexOf('/');
    return slash < 0
        ? new ImageRef(mirror, ref.repository(), ref.tag(), ref.digest())
        : new ImageRef(
            mirror.substring(0, slash),
            mirror.substring(slash + 1) + "/" + ref.repository(),
            ref.tag(),
            ref.digest());
  }

  /** The name by digest only, which cannot come to mean anything else. */
  ImageRef pinned(String digest) {
    return new ImageRef(name.registry(), name.repository(), Optional.empty(), Optional.of(digest));
  }

  /** Without tag and digest, as the engine compares repositories. */
  static String repository(ImageRef ref) {
    return ref.registry() + "/" + ref.repository();
  }
}
