package dev.warren.docker.internal.image;

import com.fasterxml.jackson.databind.JsonNode;
import dev.warren.ImageRef;
import dev.warren.PullOptions;
import dev.warren.PullOptions.Credentials;
import dev.warren.PullProgress;
import dev.warren.SandboxException;
import dev.warren.SandboxException.Code;
import dev.warren.docker.internal.client.DockerEngine;
import dev.warren.docker.internal.client.DockerErrors;
import dev.warren.engine.internal.login.DockerLogins;
import dev.warren.engine.internal.pull.SingleFlight;
import dev.warren.spi.Image;
import dev.warren.spi.Images;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** The images of the engine. Thread-safe; {@link #close()} ends pulls in flight. */
public final class DockerImages implements Images, AutoCloseable {
  private static final String GET = "get image";
  private static final String LIST = "list images";

  private final ImageTable table;
  private final PulledDigests digests;
  private final EngineRegistry registry;
  private final Map<String, List<String>> mirrors;
  private final ImagePull pull;
  private final ImageRemoval removal;
  private final SingleFlight<Request, PullProgress, Image> pulls =
      new SingleFlight<>(DockerErrors.BACKEND);

  /** Callers with different credentials do not share: one's rights are not the other's. */
  private record Request(ImageRef ref, Optional<Credentials> credentials) {}

  /**
   * Asks the engine nothing yet.
   *
   * @param mirrors for a registry's host, the hosts to ask before it
   * @param dockerConfig a {@code config.json} with logins
   * @throws SandboxException {@code INVALID_ARGUMENT} for a mirror that is no host
   */
  public DockerImages(DockerEngine engine, Map<String, List<String>> mirrors, Path dockerConfig) {
    this.mirrors = mirrors;
    this.table = new ImageTable(engine);
    this.digests = new PulledDigests(mirrors);
    this.registry = new EngineRegistry(engine, new RegistryLogins(new DockerLogins(dockerConfig)));
    this.pull = new ImagePull(table, digests, registry, mirrors, engine.version().architecture());
    this.removal = new ImageRemoval(table, digests);
    // A mirror that is no host is told now rather than at the first pull.
    mirrors
        .keySet()
        .forEach(
            host ->
                PullSource.of(
                    new ImageRef(host, "check", Optional.of("check"), Optional.empty()), mirrors));
  }

  @Override
  public Image pull(ImageRef ref, PullOptions options) {
    return pulls.join(
        new Request(ref, options.credentials()),
        EngineRegistry.PULL,
        ref.toString(),
        options.progress(),
        report -> {
          pull.run(ref, options.credentials(), report);
          return get(ref)
              .orElseThrow(
                  () ->
                      DockerErrors.error(Code.CONFLICT, EngineRegistry.PULL, ref.toString())
                          .detail("somebody deleted it while it was pulled")
                          .build());
        });
  }

  @Override
  public Optional<Image> get(ImageRef ref) {
    return find(ref).map(image -> toImage(ref, image));
  }

  /** What the engine knows an image by: its name, or its id where a mirror has it by digest. */
  public String engineName(ImageRef ref) {
    return ref.digest().isPresent() && mirrors.containsKey(ref.registry())
        ? find(ref).map(image -> image.path("Id").asText()).orElse(ref.toString())
        : ref.toString();
  }

  private Optional<JsonNode> find(ImageRef ref) {
    return pull.find(GET, ref);
  }

  @Override
  public List<Image> list() {
    return table.list(LIST, "").stream()
        .flatMap(image -> names(image).map(ref -> toImage(ref, image)))
        .sorted(Comparator.comparing(image -> image.ref().toString()))
        .toList();
  }

  /** Its tags, and its digests in repositories where it has no tag. */
  private Stream<ImageRef> names(JsonNode image) {
    List<ImageRef> names = new ArrayList<>(PulledDigests.tags(image));
    List<ImageRef> byDigest = new ArrayList<>(PulledDigests.byDigest(image));
    for (ImageRef tag : names) {
      byDigest.removeAll(digests.fromMirrors(tag, image));
      byDigest.removeIf(name -> PullSource.repository(name).equals(PullSource.repository(tag)));
    }
    names.addAll(byDigest);
    return names.stream().filter(name -> !LocalNames.isLocal(name.toString()));
  }

  @Override
  public void delete(ImageRef ref) {
    removal.remove(ref);
  }

  @Override
  public String resolveDigest(ImageRef ref, PullOptions options) {
    SandboxException passedOver = null;
    for (PullSource source : PullSource.of(ref, mirrors)) {
      try {
        return registry.digest(source, options.credentials());
      } catch (SandboxException e) {
        passedOver = ImagePull.passOver(source, e, passedOver);
      }
    }
    throw new IllegalStateException("the registry itself is always a source");
  }

  @Override
  public void close() {
    pulls.close();
  }

  private Image toImage(ImageRef ref, JsonNode image) {
    return new Image(ref, digests.of(ref, image), image.path("Size").asLong());
  }
}
