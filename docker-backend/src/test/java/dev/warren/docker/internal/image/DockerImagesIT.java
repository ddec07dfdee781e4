package dev.warren.docker.internal.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.warren.ImageRef;
import dev.warren.Network;
import dev.warren.PullOptions;
import dev.warren.PullProgress;
import dev.warren.PullProgress.Phase;
import dev.warren.SandboxException;
import dev.warren.SandboxException.Code;
import dev.warren.StateDirectory;
import dev.warren.docker.DockerDaemon;
import dev.warren.docker.DockerRuntime;
import dev.warren.docker.EngineUnderTest;
import dev.warren.docker.RegistryOptions;
import dev.warren.spi.ContainerSpec;
import dev.warren.spi.Image;
import dev.warren.spi.Images;
import dev.warren.spi.SandboxRuntime;
import dev.warren.testkit.Eventually;
import dev.warren.testsupport.Exclusive;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Tag("engine")
@Exclusive(EngineUnderTest.LOCAL)
@Timeout(120)
class DockerImagesIT {
  @TempDir Path directory;
  private final List<SandboxRuntime> runtimes = new ArrayList<>();
  private final List<ImageRef> pulled = new ArrayList<>();
  private TestRegistry registry;
  private Images images;

  /** Images of one test have layers that no other test, or earlier run, has brought. */
  private final long seed = UUID.randomUUID().getMostSignificantBits();

  @BeforeEach
  void open() throws Exception {
    registry = new TestRegistry();
    images = open(RegistryOptions.defaults().withDockerConfig(directory.resolve("none")));
  }

  private Images open(RegistryOptions options) {
    DockerRuntime runtime =
        EngineUnderTest.local()
            .builder("images-it")
            .registries(options)
            .stateDirectory(StateDirectory.at(directory))
            .build();
    runtimes.add(runtime);
    return runtime.images();
  }

  @AfterEach
  void close() {
    pulled.forEach(images::delete);
    assertThat(images.list())
        .extracting(image -> image.ref().toString())
        .noneMatch(name -> name.contains(registry.host()));
    runtimes.forEach(SandboxRuntime::close);
    registry.close();
  }

  private ImageRef ref(String nameAndTag) {
    ImageRef ref = registry.ref(nameAndTag);
    pulled.add(ref);
    return ref;
  }

  private static SandboxException fails(Code code, ThrowingCallable call) {
    Throwable failure = catchThrowable(call);
    assertThat(failure).isInstanceOf(SandboxException.class);
    assertThat(((SandboxException) failure).code()).as(failure.toString()).isEqualTo(code);
    return (SandboxException) failure;
  }

  private void pullFails(Code code, ImageRef ref, String text) {
    SandboxException failure = fails(code, () -> images.pull(ref, PullOptions.none()));
    assertThat(failure.getMessage().toLowerCase(Locale.ROOT).replace('_', ' ')).contains(text);
    assertThat(failure).hasMessageStartingWith("pull image " + ref.registry());
  }

  private static boolean containerdStore() {
    String address = EngineUnderTest.local().address();
    return DockerDaemon.shell("docker", "--host", address, "info", "--format", "{{.DriverStatus}}")
        .contains("io.containerd.snapshotter");
  }

  @Nested
  class Pull {
    @Test
    void ofAnImage_tellsTheWayOfEachLayer() {
      TestImage image = TestImage.of(seed, 400_000, 200_000);
      registry.put("1", image);
      Queue<PullProgress> heard = new ConcurrentLinkedQueue<>();

      Image got = images.pull(ref("app:1"), PullOptions.none().withProgress(heard::add));

      assertThat(got.digest()).isEqualTo(image.digest());
      // The containerd image store counts both what it fetched and what it made of that.
      assertThat(got.sizeBytes()).isBetween(600_000L, containerdStore() ? 1_400_000L : 700_000L);
      for (String layer : image.layers()) {
        String item = layer.substring(7, 19);
        assertThat(heard)
            .filteredOn(progress -> progress.item().equals(item))
            .extracting(PullProgress::phase)
            .startsWith(Phase.DOWNLOADING)
            .contains(Phase.DOWNLOADED)
            .endsWith(Phase.DONE);
      }
      assertThat(heard)
          .filteredOn(progress -> progress.item().equals(got.ref().toString()))
          .extracting(PullProgress::phase)
          .containsExactly(Phase.RESOLVING, Phase.DONE);
    }

    @Test
    void ofWhatIsHere_fetchesNothing() {
      TestImage image = TestImage.of(seed, 1000);
      registry.put("1", image);
      ImageRef ref = ref("app:1");
      images.pull(ref, PullOptions.none());
      int before = registry.fetchedBlobs().size();
      Queue<PullProgress> heard = new ConcurrentLinkedQueue<>();

      images.pull(ref, PullOptions.none().withProgress(heard::add));

      assertThat(registry.fetchedBlobs()).hasSize(before);
      assertThat(heard).extracting(PullProgress::phase).contains(Phase.EXISTS);
    }

    @Test
    void afterTheTagMoved_updatesIt() {
      registry.put("1", TestImage.of(seed, 1000));
      ImageRef ref = ref("app:1");
      Image older = images.pull(ref, PullOptions.none());
      TestImage newer = TestImage.of(seed + 1, 1000);
      registry.put("1", newer);

      assertThat(images.resolveDigest(ref, PullOptions.none())).isEqualTo(newer.digest());
      assertThat(images.pull(ref, PullOptions.none()).digest()).isEqualTo(newer.digest());
      assertThat(images.get(ref("app@" + older.digest())))
          .as("the classic image store keeps what a name left, by its digest")
          .matches(found -> found.isPresent() == !containerdStore());
    }

    @Test
    void byDigest_isFoundByItAndListedByIt() {
      TestImage image = TestImage.of(seed, 1000);
      registry.put("1", image);
      ImageRef ref = ref("app@" + image.digest());

      assertThat(images.pull(ref, PullOptions.none()).digest()).isEqualTo(image.digest());
      assertThat(images.list()).extracting(Image::ref).contains(ref);
    }

    @Test
    void ofTwoTagsForOneImage_keepsTheirDigestsApart() {
      TestImage image = TestImage.of(seed, 1000);
      registry.put("1", image);
      registry.index("2", TestImage.of(seed + 1, TestImage.foreign(), 1000), image);

      Image one = images.pull(ref("app:1"), PullOptions.none());
      Image two = images.pull(ref("app:2"), PullOptions.none());

      assertThat(one.digest()).isEqualTo(image.digest());
      assertThat(two.digest()).isNotEqualTo(one.digest());
      assertThat(images.get(one.ref())).contains(one);
      assertThat(images.get(two.ref())).contains(two);
      assertThat(images.resolveDigest(two.ref(), PullOptions.none())).isEqualTo(two.digest());
    }

    @Test
    void byManyAtOnce_isDoneOnce() throws Exception {
      registry.put("1", TestImage.of(seed, 100_000));
      ImageRef ref = ref("app:1");
      CountDownLatch gate = registry.holdBlobs();
      List<CompletableFuture<Image>> pulls = new ArrayList<>();
      Queue<PullProgress> heard = new ConcurrentLinkedQueue<>();
      for (int i = 0; i < 6; i++) {
        pulls.add(
            CompletableFuture.supplyAsync(
                () -> images.pull(ref, PullOptions.none().withProgress(heard::add))));
      }
      Eventually.soon().until("a blob is asked for", () -> !registry.fetchedBlobs().isEmpty());
      gate.countDown();

      for (CompletableFuture<Image> pull : pulls) {
        assertThat(pull.get()).isEqualTo(pulls.get(0).get());
      }
      assertThat(registry.fetchedBlobs()).doesNotHaveDuplicates();
    }

    @Test
    void interrupted_endsAtOnceAndLeavesNothing() throws Exception {
      registry.put("1", TestImage.of(seed, 100_000));
      ImageRef ref = ref("app:1");
      CountDownLatch gate = registry.holdBlobs();
      AtomicReference<Throwable> failure = new AtomicReference<>();
      Thread thread =
          new Thread(() -> failure.set(catchThrowable(() -> images.pull(ref, PullOptions.none()))));
      thread.start();
      Eventually.soon().until("a blob is asked for", () -> !registry.fetchedBlobs().isEmpty());

      thread.interrupt();
      thread.join(10_000);

      assertThat(failure.get()).isInstanceOf(SandboxException.class);
      assertThat(((SandboxException) failure.get()).code()).isEqualTo(Code.CANCELLED);
      gate.countDown();
      assertThat(images.get(ref)).isEmpty();
    }
  }

  @Nested
  class Failure {
    @Test
    void noSuchTagOrRepository_isNotFound() {
      pullFails(
          Code.NOT_FOUND, ref("app:none"), containerdStore() ? "not found" : "manifest unknown");
      fails(
          Code.NOT_FOUND, () -> images.resolveDigest(registry.ref("app:none"), PullOptions.none()));
    }

    @Test
    void registryThatIsDown_isUnavailable() {
      String host = registry.host();
      registry.close();
      ImageRef ref = ImageRef.parse(host + "/app:1");
      pullFails(Code.UNAVAILABLE, ref, "connection refused");
      fails(Code.UNAVAILABLE, () -> images.resolveDigest(ref, PullOptions.none()));
    }

    @Test
    void indexWithoutThisPlatform_isNotFoundAndNamesIt() {
      registry.index("1", TestImage.of(seed, TestImage.foreign(), 1000));
      pullFails(Code.NOT_FOUND, ref("app:1"), TestImage.host());
      assertThat(images.get(registry.ref("app:1"))).isEmpty();
    }

    @Test
    void imageOfAnotherPlatform_isNotFoundAndTheNameStaysWhereItWas() {
      TestImage good = TestImage.of(seed, 1000);
      registry.put("1", good);
      ImageRef ref = ref("app:1");
      images.pull(ref, PullOptions.none());
      registry.put("1", TestImage.of(seed + 1, TestImage.foreign(), 1000));

      pullFails(Code.NOT_FOUND, ref, TestImage.foreign());
      assertThat(images.get(ref)).isPresent();
      images.delete(ref);
      pullFails(Code.NOT_FOUND, ref, TestImage.foreign());
      assertThat(images.get(ref)).isEmpty();
    }

    @Test
    void layerWithWrongBytes_isDataLossAndLeavesNothing() {
      TestImage image = TestImage.of(seed, 1000, 2000);
      registry.put("1", image);
      String layer = image.layers().get(1);
      byte[] wrong = image.blobs().get(layer).clone();
      wrong[wrong.length / 2] ^= 0x55;
      registry.replace(layer, wrong);

      fails(Code.DATA_LOSS, () -> images.pull(ref("app:1"), PullOptions.none()));
      assertThat(images.get(registry.ref("app:1"))).isEmpty();
    }

    @Test
    void missingLayer_isNotFound() {
      TestImage image = TestImage.of(seed, 1000, 2000);
      registry.put("1", new TestImage("", image.document(), Map.of(), List.of()));
      fails(Code.NOT_FOUND, () -> images.pull(ref("app:1"), PullOptions.none()));
    }
  }

  @Nested
  class Login {
    private static final String SECRET = "hunter2-secret";

    @Test
    void withoutOne_isPermissionDenied() {
      registry.put("1", TestImage.of(seed, 1000));
      registry.require("me", SECRET);

      fails(Code.PERMISSION_DENIED, () -> images.pull(ref("app:1"), PullOptions.none()));
      SandboxException wrong =
          fails(
              Code.PERMISSION_DENIED,
              () ->
                  images.pull(
                      ref("app:1"), PullOptions.none().withCredentials("me", "wrong-secret")));
      assertThat(wrong.toString() + wrong.getCause()).doesNotContain("wrong-secret");
      fails(
          Code.PERMISSION_DENIED,
          () -> images.resolveDigest(registry.ref("app:1"), PullOptions.none()));
    }

    @Test
    void givenOne_opensTheRegistry() {
      TestImage image = TestImage.of(seed, 1000);
      registry.put("1", image);
      registry.require("me", SECRET);
      PullOptions options = PullOptions.none().withCredentials("me", SECRET);

      assertThat(images.resolveDigest(registry.ref("app:1"), options)).isEqualTo(image.digest());
      assertThat(images.pull(ref("app:1"), options).digest()).isEqualTo(image.digest());
    }

    @Test
    void ofTheDockerConfiguration_opensTheRegistry() throws Exception {
      registry.put("1", TestImage.of(seed, 1000));
      registry.require("me", SECRET);
      String pair =
          Base64.getEncoder().encodeToString(("me:" + SECRET).getBytes(StandardCharsets.UTF_8));
      Path config =
          Files.writeString(
              directory.resolve("config.json"),
              "{\"auths\":{\"%s\":{\"auth\":\"%s\"}}}".formatted(registry.host(), pair));

      Images configured = open(RegistryOptions.defaults().withDockerConfig(config));

      assertThat(configured.pull(ref("app:1"), PullOptions.none()).ref()).isNotNull();
    }
  }

  @Nested
  class Mirror {
    /** The registry itself is nowhere. */
    private final String host = "nowhere-" + Long.toHexString(seed) + ".invalid";

    private Images mirrored(String... mirrors) {
      return open(
          RegistryOptions.defaults()
              .withDockerConfig(directory.resolve("none"))
              .withMirrors(Map.of(host, List.of(mirrors))));
    }

    @Test
    void standsInForTheRegistry_andItsNameIsNotListed() {
      TestImage image = TestImage.of(seed, 1000);
      registry.put("1", image);
      ImageRef ref = ImageRef.parse(host + "/app:1");
      Images mirrored = mirrored(registry.host());

      Image got = mirrored.pull(ref, PullOptions.none());

      assertThat(got.digest()).isEqualTo(image.digest());
      assertThat(mirrored.resolveDigest(ref, PullOptions.none())).isEqualTo(image.digest());
      assertThat(mirrored.get(ref)).contains(got);
      assertThat(mirrored.list())
          .extracting(listed -> listed.ref().toString())
          .contains(ref.toString())
          .noneMatch(name -> name.contains(registry.host()));
      Images later = mirrored(registry.host());
      assertThat(later.get(ref)).as("also for the next process").contains(got);
      mirrored.delete(ref);
      assertThat(mirrored.get(ref)).isEmpty();
      assertThat(images.list()).extracting(Image::digest).doesNotContain(image.digest());
    }

    @Test
    void byDigest_isFoundAndMakesContainers() {
      TestImage image = TestImage.of(seed, 1000);
      registry.put("1", image);
      ImageRef ref = ImageRef.parse(host + "/app@" + image.digest());
      Images mirrored = mirrored(registry.host());
      SandboxRuntime runtime = runtimes.get(runtimes.size() - 1);

      mirrored.pull(ref, PullOptions.none());
      String id = "images-it-" + Long.toHexString(seed);
      runtime
          .containers()
          .create(ContainerSpec.builder(id, ref, List.of("/x")).network(Network.none()).build());

      assertThat(runtime.containers().get(id).orElseThrow().image()).isEqualTo(ref.toString());
      runtime.containers().delete(id);
      mirrored.delete(ref);
      assertThat(mirrored.get(ref)).isEmpty();
    }

    @Test
    void thatFails_isPassedOver() throws Exception {
      TestImage image = TestImage.of(seed, 1000);
      try (TestRegistry empty = new TestRegistry()) {
        registry.put("1", image);
        Images mirrored = mirrored("127.0.0.1:1", empty.host(), registry.host());
        ImageRef ref = ImageRef.parse(host + "/app:1");

        assertThat(mirrored.pull(ref, PullOptions.none()).digest()).isEqualTo(image.digest());
        mirrored.delete(ref);
      }
    }

    @Test
    void withoutTheImage_endsWithTheRegistrysOwnFailure() {
      Images mirrored = mirrored(registry.host());
      SandboxException failure =
          fails(
              Code.UNAVAILABLE,
              () -> mirrored.pull(ImageRef.parse(host + "/app:1"), PullOptions.none()));
      assertThat(failure.getSuppressed()).hasSize(1);
    }
  }

  @Nested
  class Delete {
    @Test
    void whileAContainerNeedsIt_takesTheNameAndKeepsTheContent() {
      TestImage image = TestImage.of(seed, 1000);
      registry.put("1", image);
      ImageRef ref = ref("app:1");
      images.pull(ref, PullOptions.none());
      SandboxRuntime runtime = runtimes.get(0);
      String id = "images-it-" + Long.toHexString(seed);
      String name = "kept-" + Long.toHexString(seed);
      runtime
          .containers()
          .create(ContainerSpec.builder(id, ref, List.of("/x")).network(Network.none()).build());

      images.delete(ref);

      assertThat(images.get(ref)).isEmpty();
      runtime.snapshots().orElseThrow().commit(id, name);
      runtime.snapshots().orElseThrow().delete(name);
      runtime.containers().delete(id);
      images.delete(ref);
      assertThat(images.list()).extracting(Image::digest).doesNotContain(image.digest());
      assertThat(((DockerImages) images).engineName(ref)).isEqualTo(ref.toString());
    }

    @Test
    void ofWhatIsAbsent_succeeds() {
      images.delete(registry.ref("app:none"));
      assertThat(images.get(registry.ref("app:none"))).isEqualTo(Optional.empty());
    }

    @Test
    void ofOneTag_leavesTheOther() {
      registry.put("1", TestImage.of(seed, 1000));
      registry.put("2", TestImage.of(seed, 1000));
      ImageRef one = ref("app:1");
      Image two = images.pull(ref("app:2"), PullOptions.none());
      images.pull(one, PullOptions.none());

      images.delete(one);

      assertThat(images.get(one)).isEmpty();
      assertThat(images.get(two.ref())).contains(two);
    }
  }
}
