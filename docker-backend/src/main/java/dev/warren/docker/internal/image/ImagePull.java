package dev.warren.docker.internal.image;

import com.fasterxml.jackson.databind.JsonNode;
import dev.warren.ImageRef;
import dev.warren.PullOptions.Credentials;
import dev.warren.PullProgress;
import dev.warren.PullProgress.Phase;
import dev.warren.SandboxException;
import dev.warren.SandboxException.Code;
import dev.warren.docker.internal.client.DockerErrors;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One pull: from the mirrors in their order, then from the registry. Thread-safe.
 *
 * <p>The engine knows no mirrors for most registries. So it pulls the image from the mirror by its
 * digest, and the image gets the name that was asked for. The mirror's name by digest stays: it is
 * the one place where the engine keeps the digest, and the only name it can have for an image that
 * was asked for by digest.
 */
final class ImagePull {
  private final ImageTable table;
  private final PulledDigests digests;
  private final EngineRegistry registry;
  private final Map<String, List<String>> mirrors;
  private final String architecture;

  ImagePull(
      ImageTable table,
      PulledDigests digests,
      EngineRegistry registry,
      Map<String, List<String>> mirrors,
      String architecture) {
    this.table = table;
    this.digests = digests;
    this.registry = registry;
    this.mirrors = mirrors;
    this.architecture = architecture;
  }

  /** The local image of exactly this name; one by digest may have come from a mirror. */
  Optional<JsonNode> find(String operation, ImageRef ref) {
    List<ImageRef> names = ref.digest().isPresent() ? digests.places(ref) : List.of(ref);
    return names.stream()
        .flatMap(name -> table.inspect(operation, ref.toString(), name.toString()).stream())
        .findFirst();
  }

  void run(ImageRef ref, Optional<Credentials> credentials, Consumer<PullProgress> listener) {
    String name = ref.toString();
    listener.accept(new PullProgress(name, Phase.RESOLVING, 0, 0));
    Optional<JsonNode> before = find(EngineRegistry.PULL, ref);
    // A digest means the same for ever, so the registry need not be asked for one that is here.
    if (before.isEmpty() || ref.digest().isEmpty()) {
      SandboxException passedOver = null;
      for (PullSource source : PullSource.of(ref, mirrors)) {
        try {
          fetch(ref, source, credentials, listener, before);
          break;
        } catch (SandboxException e) {
          passedOver = passOver(source, e, passedOver);
        }
      }
    }
    String id = before.map(image -> image.path("Id").asText()).orElse("");
    if (find(EngineRegistry.PULL, ref)
        .filter(now -> now.path("Id").asText().equals(id))
        .isPresent()) {
      listener.accept(new PullProgress(name, Phase.EXISTS, 0, 0));
    }
    listener.accept(new PullProgress(name, Phase.DONE, 0, 0));
  }

  /** Keeps a mirror's failure beside that of the next source, or throws where there is no next. */
  static SandboxException passOver(
      PullSource source, SandboxException failure, @Nullable SandboxException before) {
    if (before != null) {
      failure.addSuppressed(before);
    }
    boolean last =
        switch (failure.code()) {
          case CANCELLED, CLOSED, RESOURCE_EXHAUSTED -> true;
          default -> !source.mirror();
        };
    if (last) {
      throw failure;
    }
    return failure;
  }

  private void fetch(
      ImageRef ref,
      PullSource source,
      Optional<Credentials> credentials,
      Consumer<PullProgress> listener,
      Optional<JsonNode> before) {
    if (source.mirror()) {
      String digest = ref.digest().orElseGet(() -> registry.digest(source, credentials));
      ImageRef pinned = source.pinned(digest);
      boolean known =
          table.inspect(EngineRegistry.PULL, ref.toString(), pinned.toString()).isPresent();
      if (!known) {
        registry.pull(source, pinned, credentials, listener);
      }
      JsonNode image =
          table.inspect(EngineRegistry.PULL, ref.toString(), pinned.toString()).orElseThrow();
      if (isForeign(image)) {
        if (!known) {
          table.remove(EngineRegistry.PULL, ref.toString(), pinned.toString());
        }
        throw foreign(ref, image);
      }
      if (ref.digest().isEmpty()) {
        name(ref, image);
        digests.remember(ref, image.path("Id").asText(), digest);
      }
      return;
    }
    Optional<String> digest = registry.pull(source, ref, credentials, listener);
    Optional<JsonNode> image = table.inspect(EngineRegistry.PULL, ref.toString(), ref.toString());
    if (image.isPresent() && isForeign(image.get())) {
      // The name has moved already; it goes back to where it was.
      table.remove(EngineRegistry.PULL, ref.toString(), ref.toString());
      before.ifPresent(old -> name(ref, old));
      throw foreign(ref, image.get());
    }
    image.ifPresent(
        found ->
            digest.ifPresent(value -> digests.remember(ref, found.path("Id").asText(), value)));
  }

  private void name(ImageRef ref, JsonNode image) {
    ref.tag()
        .ifPresent(
            tag ->
                table.tag(
                    EngineRegistry.PULL,
                    image.path("Id").asText(),
                    PullSource.repository(ref),
                    tag));
  }

  /** The engine takes what is no index for its own platform, and says so in its log only. */
  private boolean isForeign(JsonNode image) {
    String made = image.path("Architecture").asText();
    return !made.isEmpty() && !made.equals(architecture);
  }

  private SandboxException foreign(ImageRef ref, JsonNode image) {
    return DockerErrors.error(Code.NOT_FOUND, EngineRegistry.PULL, ref.toString())
        .detail(
            "it is made for "
                + image.path("Architecture").asText()
                + ", the engine runs on "
                + architecture)
        .build();
  }
}
