package dev.warren.internal.connection;

import static org.assertj.core.api.Assertions.assertThat;

import dev.warren.SandboxException.Code;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ClientIdentityTest {
  @TempDir Path directory;

  @Test
  void loadOrCreate_keepsOneIdentityInAFileOfItsOwner() throws IOException {
    ClientIdentity first = ClientIdentity.loadOrCreate(directory);
    ClientIdentity second = ClientIdentity.loadOrCreate(directory);
    assertThat(second.credentials()).isEqualTo(first.credentials());
    assertThat(second.authorityPem()).isEqualTo(first.authorityPem());
    assertThat(
            PosixFilePermissions.toString(
                Files.getPosixFilePermissions(directory.resolve("identity.pem"))))
        .isEqualTo("rw-------");
    assertThat(first.toString()).isEqualTo("ClientIdentity");
    assertThat(first.credentials().toString()).doesNotContain("PRIVATE");
  }

  @Test
  void loadOrCreate_manyAtOnce_endWithOneIdentity() throws Exception {
    CountDownLatch start = new CountDownLatch(1);
    List<CompletableFuture<String>> all = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      all.add(
          CompletableFuture.supplyAsync(
              () -> {
                try {
                  start.await();
                } catch (InterruptedException e) {
                  throw new AssertionError(e);
                }
                ClientIdentity identity = ClientIdentity.loadOrCreate(directory);
                return identity.authorityPem() + identity.credentials();
              }));
    }
    start.countDown();
    assertThat(all.stream().map(CompletableFuture::join).distinct()).hasSize(1);
    try (var left = Files.list(directory)) {
      assertThat(left).hasSize(1);
    }
  }

  @Test
  void credentials_areRenewedBeforeTheyExpireAndTheAuthorityStays() {
    Instant begin = Instant.now();
    AtomicReference<Instant> now = new AtomicReference<>(begin);
    InstantSource clock = now::get;
    ClientIdentity identity = ClientIdentity.loadOrCreate(directory, clock);
    var first = identity.credentials();
    String authority = identity.authorityPem();
    now.set(begin.plus(Duration.ofDays(50)));
    assertThat(identity.credentials()).isEqualTo(first);
    now.set(begin.plus(Duration.ofDays(70)));
    assertThat(identity.credentials()).isNotEqualTo(first);
    assertThat(identity.credentials().certificate().getNotAfter().toInstant())
        .isAfter(begin.plus(Duration.ofDays(150)));
    assertThat(identity.authorityPem()).isEqualTo(authority);
    assertThat(ClientIdentity.loadOrCreate(directory, clock).credentials())
        .isEqualTo(identity.credentials());
    now.set(begin.plus(Duration.ofDays(3400)));
    assertThat(identity.authorityPem()).isNotEqualTo(authority);
  }

  @Test
  void caFile_holdsThePublicPartOnly() throws IOException {
    ClientIdentity identity = ClientIdentity.loadOrCreate(directory);
    assertThat(identity.caFile()).hasContent(identity.authorityPem().strip());
    assertThat(Files.readString(identity.caFile())).doesNotContain("PRIVATE");
  }

  @Test
  void loadOrCreate_damagedFile_saysWhatToDo() throws IOException {
    Files.writeString(directory.resolve("identity.pem"), "garbage");
    BridgeTestCase.assertCode(Code.DATA_LOSS, () -> ClientIdentity.loadOrCreate(directory));
  }
}
