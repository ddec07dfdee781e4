package dev.warren.containerd.internal.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import dev.warren.ImageRef;
import dev.warren.PullOptions;
import dev.warren.PullProgress;
import dev.warren.PullProgress.Phase;
import dev.warren.SandboxException;
import dev.warren.SandboxException.Code;
import dev.warren.containerd.internal.api.content.ListContentRequest;
import dev.warren.containerd.internal.api.content.ListStatusesRequest;
import dev.warren.containerd.internal.api.leases.ListRequest;
import dev.warren.containerd.internal.api.snapshots.ListSnapshotsRequest;
import dev.warren.containerd.internal.api.snapshots.RemoveSnapshotRequest;
import dev.warren.containerd.internal.client.ContainerdClient;
import dev.warren.containerd.internal.client.TestEngine;
import dev.warren.containerd.internal.manifest.Platform;
import dev.warren.containerd.internal.manifest.Sha256;
import dev.warren.containerd.internal.registry.Registries;
import dev.warren.containerd.internal.registry.RegistrySettings;
import dev.warren.engine.internal.retry.RetryPolicy;
import dev.warren.spi.Image;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("engine")
class ContainerdImagesIT {
  private static final String SNAPSHOTTER = "native";
  private static ContainerdClient client;
  private static TestEngine engine;
  private FakeRegistry registry;
  private ContainerdImages images;

  @BeforeAll
  static void connect() {
    engine = TestEngine.require();
    client = ContainerdClient.open(engine.socket(), "warren-images-it");
  }

  @AfterAll
  static void disconnect() {
    if (client != null) {
      client.close();
    }
  }

  @BeforeEach
  void open() throws Exception {
    registry = new FakeRegistry();
    images = open(settings());
  }

  @AfterEach
  void clear() {
    images.list().forEach(image -> images.delete(image.ref()));
    images.close();
    registry.close();
    assertThat(leftovers()).as("what is left when all images are deleted").isEmpty();
  }

  private static RegistrySettings settings() {
    return RegistrySettings.defaults().withDockerConfig(Optional.empty());
  }

  private static ContainerdImages open(RegistrySettings settings) {
    RetryPolicy quick = RetryPolicy.doubling(4, Duration.ofMillis(10), Duration.ofMillis(50));
    return new ContainerdImages(
        client, SNAPSHOTTER, new Registries(settings, quick), ContainerdImages.PullMode.CLIENT);
  }

  @Nested
  class Pull {
    @Test
    void ofAnImageInARegistry_makesItReadyToStart() {
      Image image = images.pull(ImageRef.parse(engine.image()), PullOptions.none());

      ResolvedImage resolved = images.store().resolve(image.ref());
      assertThat(image.digest()).startsWith("sha256:");
      assertThat(image.sizeBytes()).isPositive();
      assertThat(resolved.targetDigest()).isEqualTo(image.digest());
      assertThat(snapshots()).contains(resolved.chainId());
    }

    @Test
    void keepsAllPartsWhenTheCollectorRuns() {
      SampleImage sample = SampleImage.of(1, 100_000, 3_000_000, 10);
      registry.put("1", sample);
      images.pull(registry.ref("app:1"), PullOptions.none());

      collect();

      assertThat(content()).containsAll(sample.blobs().keySet()).contains(sample.digest());
      assertThat(images.store().resolve(registry.ref("app:1")).config().diffIds())
          .isEqualTo(sample.diffIds());
    }

    @Test
    void choosesTheHostsPlatformFromAnIndex() {
      SampleImage ours = SampleImage.of(1, 1000);
      Map<Platform, SampleImage> entries = new LinkedHashMap<>();
      entries.put(new Platform("linux", "s390x", ""), SampleImage.of(2, 1000));
      entries.put(Platform.host(), ours);
      byte[] index = SampleImage.index(entries);
      registry.put(ours);
      registry.put("1", index);

      Image image = images.pull(registry.ref("app:1"), PullOptions.none());
      collect();

      assertThat(image.digest()).isEqualTo(Sha256.of(index));
      assertThat(images.store().resolve(image.ref()).manifestDigest()).isEqualTo(ours.digest());
    }

    @Test
    void again_fetchesNothing() {
      registry.put("1", SampleImage.of(1, 1000));
      Image first = images.pull(registry.ref("app:1"), PullOptions.none());
      registry.forgetRequests();

      List<PullProgress> progress = new ArrayList<>();
      Image second =
          images.pull(registry.ref("app:1"), PullOptions.none().withProgress(progress::add));

      assertThat(second).isEqualTo(first);
      assertThat(registry.requests()).extracting(r -> r.method()).containsExactly("HEAD");
      assertThat(progress)
          .extracting(PullProgress::phase)
          .containsExactly(Phase.RESOLVING, Phase.EXISTS, Phase.DONE);
    }

    @Test
    void ofADigestThatIsHere_asksNobody() {
      SampleImage sample = SampleImage.of(1, 1000);
      registry.put(sample);
      ImageRef ref = registry.ref("app@" + sample.digest());
      images.pull(ref, PullOptions.none());
      registry.forgetRequests();

      images.pull(ref, PullOptions.none());

      assertThat(registry.requests()).isEmpty();
    }

    @Test
    void afterTheTagMoved_updatesItAndFetchesOnlyWhatIsNew() {
      SampleImage before = SampleImage.of(1, 1000);
      SampleImage after = SampleImage.of(1, 1000, 2000);
      registry.put("1", before);
      images.pull(registry.ref("app:1"), PullOptions.none());
      registry.put("1", after);
      registry.forgetRequests();

      Image image = images.pull(registry.ref("app:1"), PullOptions.none());

      assertThat(image.digest()).isEqualTo(after.digest());
      assertThat(registry.fetched("blobs"))
          .noneMatch(path -> path.endsWith(before.layers().get(0).digest()));
    }

    @Test
    void tellsItsProgress() {
      SampleImage sample = SampleImage.of(1, 5_000_000);
      registry.put("1", sample);
      List<PullProgress> progress = Collections.synchronizedList(new ArrayList<>());

      images.pull(registry.ref("app:1"), PullOptions.none().withProgress(progress::add));

      String layer = Sha256.brief(sample.layers().get(0).digest());
      assertThat(progress)
          .filteredOn(step -> step.item().equals(layer))
          .extracting(PullProgress::phase)
          .containsSubsequence(Phase.DOWNLOADING, Phase.DOWNLOADED, Phase.UNPACKING, Phase.DONE);
      assertThat(progress.get(progress.size() - 1).phase()).isEqualTo(Phase.DONE);
      assertThat(progress)
          .anySatisfy(
              step -> {
                assertThat(step.phase()).isEqualTo(Phase.DOWNLOADING);
                assertThat(step.doneBytes()).isPositive();
              });
    }

    @Test
    void byManyAtOnce_isDoneOnce() {
      SampleImage sample = SampleImage.of(1, 4_000_000);
      registry.put("1", sample);
      AtomicInteger done = new AtomicInteger();

      List<CompletableFuture<Image>> pulls = new ArrayList<>();
      for (int i = 0; i < 8; i++) {
        pulls.add(
            CompletableFuture.supplyAsync(
                () ->
                    images.pull(
                        registry.ref("app:1"),
                        PullOptions.none()
                            .withProgress(
                                step -> {
                                  if (step.phase() == Phase.DONE && step.item().contains("app")) {
                                    done.incrementAndGet();
                                  }
                                })),
                runnable -> new Thread(runnable).start()));
      }
      pulls.forEach(CompletableFuture::join);

      assertThat(registry.fetched("blobs"))
          .filteredOn(path -> path.endsWith(sample.layers().get(0).digest()))
          .hasSize(1);
      assertThat(done).hasValue(8);
    }

    @Test
    void ofTwoImagesWithACommonLayer_fetchesItOnceOrWaits() {
      SampleImage one = SampleImage.of(1, 6_000_000, 10);
      SampleImage two = SampleImage.of(1, 6_000_000, 20);
      registry.put("1", one);
      registry.put("2", two);

      CompletableFuture<Image> other =
          CompletableFuture.supplyAsync(
              () -> images.pull(registry.ref("app:2"), PullOptions.none()),
              runnable -> new Thread(runnable).start());
      images.pull(registry.ref("app:1"), PullOptions.none());
      other.join();

      assertThat(images.list()).hasSize(2);
      assertThat(images.store().resolve(registry.ref("app:2")).config().diffIds()).hasSize(2);
    }
  }

  @Nested
  class Failure {
    @Test
    void connectionCutInMidBlob_goesOnFromThere() {
      SampleImage sample = SampleImage.of(1, 5_000_000);
      String digest = sample.layers().get(0).digest();
      byte[] blob = sample.blobs().get(digest);
      registry.put("1", sample);
      AtomicBoolean cut = new AtomicBoolean();
      registry.misbehave(
          exchange ->
              exchange.getRequestURI().getPath().endsWith(digest)
                  && cut.compareAndSet(false, true)
                  && FakeRegistry.cut(exchange, blob, 2_500_000));

      images.pull(registry.ref("app:1"), PullOptions.none());

      assertThat(registry.requests())
          .filteredOn(request -> request.path().endsWith(digest))
          .last()
          .satisfies(
              request ->
                  assertThat(request.header("Range"))
                      .hasValueSatisfying(range -> assertThat(range).isNotEqualTo("bytes=0-")));
    }

    @Test
    void layerWithWrongBytes_isDataLossAndLeavesNothing() {
      SampleImage sample = SampleImage.of(1, 1000, 2_000_000);
      registry.put("1", sample);
      var layer = sample.layers().get(1);
      registry.put(layer.digest(), new byte[(int) layer.size()]);

      assertPullFails(Code.DATA_LOSS, "sent something else");
      assertThat(leftovers()).isEmpty();
    }

    @Test
    void layerLongerThanPromised_isDataLossAndLeavesNothing() {
      SampleImage sample = SampleImage.of(1, 1000);
      registry.put("1", sample);
      registry.put(sample.layers().get(0).digest(), new byte[3_000_000]);

      assertPullFails(Code.DATA_LOSS, "longer than the image says");
      assertThat(leftovers()).isEmpty();
    }

    @Test
    void layerThatUnpacksToSomethingElse_isDataLossAndLeavesNothing() {
      registry.put("1", SampleImage.of(1, 1000, 2000).withWrongDiffId());

      assertPullFails(Code.DATA_LOSS, "unpacked it is something else");
      assertThat(leftovers()).isEmpty();
    }

    @Test
    void otherArchitecture_isNotFoundAndNamesWhatThereIs() {
      registry.put("1", SampleImage.of(1, new Platform("linux", "s390x", ""), 1000));

      assertPullFails(Code.NOT_FOUND, "only for: linux/s390x");
    }

    @Test
    void missingLayer_isNotFoundAndLeavesNothing() {
      SampleImage sample = SampleImage.of(1, 1000, 2000);
      registry.put("1", sample);
      registry.misbehave(
          exchange ->
              exchange.getRequestURI().getPath().endsWith(sample.layers().get(1).digest())
                  && FakeRegistry.answer(exchange, 404, "{}"));

      assertPullFails(Code.NOT_FOUND, "no such repository or tag");
      assertThat(leftovers()).isEmpty();
    }

    @Test
    void interrupt_endsTheWaitingAtOnceAndLeavesNothing() throws Exception {
      SampleImage sample = SampleImage.of(1, 4_000_000);
      String digest = sample.layers().get(0).digest();
      registry.put("1", sample);
      CountDownLatch stalled = new CountDownLatch(1);
      CountDownLatch release = new CountDownLatch(1);
      registry.misbehave(
          exchange -> {
            if (!exchange.getRequestURI().getPath().endsWith(digest)) {
              return false;
            }
            exchange.sendResponseHeaders(200, sample.layers().get(0).size());
            exchange.getResponseBody().write(sample.blobs().get(digest), 0, 1_500_000);
            exchange.getResponseBody().flush();
            stalled.countDown();
            try {
              release.await();
            } catch (InterruptedException e) {
              Thread.currentThread().interrupt();
            }
            return true;
          });
      CompletableFuture<Boolean> flagged = new CompletableFuture<>();
      Thread caller =
          new Thread(
              () -> {
                try {
                  images.pull(registry.ref("app:1"), PullOptions.none());
                  flagged.completeExceptionally(new AssertionError("the pull succeeded"));
                } catch (SandboxException e) {
                  flagged.complete(
                      e.code() == Code.CANCELLED && Thread.currentThread().isInterrupted());
                }
              });
      caller.start();
      stalled.await();

      caller.interrupt();

      assertThat(flagged.get(15, TimeUnit.SECONDS)).isTrue();
      release.countDown();
      assertThat(leftovers()).isEmpty();
    }

    private void assertPullFails(Code code, String text) {
      assertThatThrownBy(() -> images.pull(registry.ref("app:1"), PullOptions.none()))
          .asInstanceOf(type(SandboxException.class))
          .satisfies(
              e -> {
                assertThat(e.code()).isEqualTo(code);
                assertThat(e).hasMessageContaining(text);
              });
    }
  }

  @Nested
  class Resolve {
    @Test
    void readsTheConfiguration() {
      SampleImage sample = SampleImage.of(1, 1000, 2000);
      registry.put("1", sample);
      images.pull(registry.ref("app:1"), PullOptions.none());

      ResolvedImage resolved = images.store().resolve(registry.ref("app:1"));

      assertThat(resolved.config().env()).containsExactly("PATH=/bin", "A=b");
      assertThat(resolved.config().entrypoint()).containsExactly("/run");
      assertThat(resolved.config().cmd()).containsExactly("arg");
      assertThat(resolved.config().user()).isEqualTo("1000:1000");
      assertThat(resolved.config().workingDir()).isEqualTo("/work");
      assertThat(resolved.chainId())
          .isEqualTo(Sha256.of(sample.diffIds().get(0) + " " + sample.diffIds().get(1)));
    }

    @Test
    void ofAMissingImage_isNotFound() {
      assertThatThrownBy(() -> images.store().resolve(registry.ref("none:1")))
          .hasMessageContaining("there is no such local image; pull it first")
          .asInstanceOf(type(SandboxException.class))
          .extracting(SandboxException::code)
          .isEqualTo(Code.NOT_FOUND);
    }

    @Test
    void afterItsSnapshotsWereRemoved_unpacksAgain() {
      registry.put("1", SampleImage.of(1, 1000, 2000));
      images.pull(registry.ref("app:1"), PullOptions.none());
      List<String> chain = images.store().resolve(registry.ref("app:1")).config().chainIds();
      for (int i = chain.size() - 1; i >= 0; i--) {
        var remove =
            RemoveSnapshotRequest.newBuilder()
                .setSnapshotter(SNAPSHOTTER)
                .setKey(chain.get(i))
                .build();
        // The collector may be first: what is on top held the rest.
        client.cleanUp("remove", "snapshot", () -> client.stubs().snapshots().remove(remove));
      }

      images.store().resolve(registry.ref("app:1"));
      collect();

      assertThat(snapshots()).containsAll(chain);
    }
  }

  @Test
  void delete_ofWhatIsAbsent_succeeds() {
    images.delete(registry.ref("none:1"));
    assertThat(images.get(registry.ref("none:1"))).isEmpty();
  }

  @Test
  void list_isSortedByName() {
    registry.put("1", SampleImage.of(1, 10));
    List.of("b:1", "a:1").forEach(name -> images.pull(registry.ref(name), PullOptions.none()));
    assertThat(images.list()).extracting(i -> i.ref().repository()).containsExactly("a", "b");
  }

  @Test
  void resolveDigest_asksTheRegistry() {
    SampleImage sample = SampleImage.of(1, 10);
    registry.put("1", sample);
    assertThat(images.resolveDigest(registry.ref("app:1"), PullOptions.none()))
        .isEqualTo(sample.digest());
    assertThat(images.list()).isEmpty();
  }

  /** Runs the daemon's collector. */
  private static void collect() {
    client.leases().acquire(Duration.ofMinutes(1)).delete(true);
  }

  private static Set<String> leftovers() {
    Set<String> found = new TreeSet<>(content());
    found.addAll(snapshots());
    client
        .stubs()
        .content()
        .listStatuses(ListStatusesRequest.getDefaultInstance())
        .getStatusesList()
        .forEach(status -> found.add("ingest " + status.getRef()));
    client
        .stubs()
        .leases()
        .list(ListRequest.getDefaultInstance())
        .getLeasesList()
        .forEach(lease -> found.add("lease " + lease.getId()));
    return found;
  }

  private static Set<String> content() {
    Set<String> found = new TreeSet<>();
    client
        .stubs()
        .content()
        .list(ListContentRequest.getDefaultInstance())
        .forEachRemaining(page -> page.getInfoList().forEach(info -> found.add(info.getDigest())));
    return found;
  }

  private static Set<String> snapshots() {
    Set<String> found = new TreeSet<>();
    client
        .stubs()
        .snapshots()
        .list(ListSnapshotsRequest.newBuilder().setSnapshotter(SNAPSHOTTER).build())
        .forEachRemaining(page -> page.getInfoList().forEach(info -> found.add(info.getName())));
    return found;
  }
}
