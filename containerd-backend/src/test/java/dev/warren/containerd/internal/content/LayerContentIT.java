package dev.warren.containerd.internal.content;

import static org.assertj.core.api.Assertions.assertThatCode;

import dev.warren.containerd.internal.api.types.Mount;
import dev.warren.containerd.internal.client.ContainerdClient;
import dev.warren.containerd.internal.client.TestEngine;
import dev.warren.containerd.internal.container.WritableLayers;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.AbstractList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("engine")
class LayerContentIT {
  private static final String SNAPSHOTTER = "overlayfs";

  private final String first = "first-" + UUID.randomUUID();
  private final String second = "second-" + UUID.randomUUID();
  private ContainerdClient client;
  private WritableLayers layers;
  private LayerContent content;

  @BeforeEach
  void open() {
    client = ContainerdClient.open(TestEngine.require().socket(), "warren-content-it");
    layers = new WritableLayers(client, SNAPSHOTTER);
    content = new LayerContent(client);
    layers.prepare(first, "");
    layers.prepare(second, "");
  }

  @AfterEach
  void close() {
    layers.remove(first);
    layers.remove(second);
    collect();
    client.close();
  }

  /** Two bots that get the same files at the same time, in the worst order. */
  @Test
  void apply_ofWhatAnotherIsApplying_keepsItWhenTheOtherHasEnded() throws Exception {
    byte[] tar = tar(UUID.randomUUID().toString());
    CountDownLatch firstHasStored = new CountDownLatch(1);
    CountDownLatch secondHasStored = new CountDownLatch(1);
    CompletableFuture<Void> other =
        CompletableFuture.runAsync(
            () ->
                apply(
                    first,
                    tar,
                    () -> {
                      firstHasStored.countDown();
                      await(secondHasStored);
                    }));
    await(firstHasStored);

    assertThatCode(
            () ->
                apply(
                    second,
                    tar,
                    () -> {
                      secondHasStored.countDown();
                      other.join();
                      collect();
                    }))
        .doesNotThrowAnyException();
  }

  /** The layer's mounts are read when the archive has been stored and before it is applied. */
  private void apply(String key, byte[] tar, Runnable inBetween) {
    List<Mount> mounts = layers.mounts(key);
    content.apply(
        "apply",
        key,
        new ByteArrayInputStream(tar),
        new AbstractList<>() {
          private boolean told;

          @Override
          public Mount get(int index) {
            if (!told) {
              told = true;
              inBetween.run();
            }
            return mounts.get(index);
          }

          @Override
          public int size() {
            return mounts.size();
          }
        },
        chunk -> {});
  }

  /** Waits for a run of the daemon's collector. */
  private void collect() {
    client.leases().acquire(Duration.ofMinutes(1)).delete(true);
  }

  private static void await(CountDownLatch latch) {
    try {
      if (!latch.await(20, TimeUnit.SECONDS)) {
        throw new IllegalStateException("the other apply does not get there");
      }
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private static byte[] tar(String text) throws IOException {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    ByteArrayOutputStream tar = new ByteArrayOutputStream();
    tar.write(TarHeader.file("file", 0644, bytes.length));
    tar.write(bytes);
    tar.write(new byte[TarHeader.padding(bytes.length) + 2 * TarHeader.BLOCK]);
    return tar.toByteArray();
  }
}
