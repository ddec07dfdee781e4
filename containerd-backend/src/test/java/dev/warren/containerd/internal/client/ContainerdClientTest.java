package dev.warren.containerd.internal.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import com.google.protobuf.Empty;
import dev.warren.SandboxException;
import dev.warren.SandboxException.Code;
import dev.warren.containerd.internal.api.images.GetImageRequest;
import dev.warren.containerd.internal.api.images.GetImageResponse;
import dev.warren.containerd.internal.api.images.ImagesGrpc;
import dev.warren.containerd.internal.api.leases.CreateRequest;
import dev.warren.containerd.internal.api.leases.CreateResponse;
import dev.warren.containerd.internal.api.leases.DeleteRequest;
import dev.warren.containerd.internal.api.leases.LeasesGrpc;
import dev.warren.containerd.internal.api.version.VersionGrpc;
import dev.warren.containerd.internal.api.version.VersionResponse;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ContainerdClientTest {
  private static final Metadata.Key<String> NAMESPACE =
      Metadata.Key.of("containerd-namespace", Metadata.ASCII_STRING_MARSHALLER);
  private static final Metadata.Key<String> LEASE =
      Metadata.Key.of("containerd-lease", Metadata.ASCII_STRING_MARSHALLER);

  @TempDir Path directory;
  private Path socket;
  private ContainerdClient client;

  @BeforeEach
  void open() {
    socket = directory.resolve("c.sock");
    client = ContainerdClient.open(socket, "ns");
  }

  @AfterEach
  void close() {
    client.close();
  }

  private static final class Version extends VersionGrpc.VersionImplBase {
    private final String text;

    Version(String text) {
      this.text = text;
    }

    @Override
    public void version(Empty request, StreamObserver<VersionResponse> answer) {
      answer.onNext(VersionResponse.newBuilder().setVersion(text).build());
      answer.onCompleted();
    }
  }

  /** The deadline travels along, so a daemon that is too slow may be the first to say so. */
  private static final class Late extends VersionGrpc.VersionImplBase {
    @Override
    public void version(Empty request, StreamObserver<VersionResponse> answer) {
      answer.onError(Status.DEADLINE_EXCEEDED.asRuntimeException());
    }
  }

  /** Never answers. */
  private static final class Silent extends ImagesGrpc.ImagesImplBase {
    final CountDownLatch asked = new CountDownLatch(1);

    @Override
    public void get(GetImageRequest request, StreamObserver<GetImageResponse> answer) {
      asked.countDown();
    }
  }

  private static final class LeaseTable extends LeasesGrpc.LeasesImplBase {
    @Override
    public void create(CreateRequest request, StreamObserver<CreateResponse> answer) {
      answer.onNext(CreateResponse.getDefaultInstance());
      answer.onCompleted();
    }

    @Override
    public void delete(DeleteRequest request, StreamObserver<Empty> answer) {
      answer.onError(Status.NOT_FOUND.asRuntimeException());
    }
  }

  private GetImageResponse getImage() {
    return client.call(
        "get image", "x", () -> client.stubs().images().get(GetImageRequest.getDefaultInstance()));
  }

  private static void assertFails(Runnable call, Code code, String text) {
    assertThatThrownBy(call::run)
        .asInstanceOf(type(SandboxException.class))
        .satisfies(
            e -> {
              assertThat(e.code()).isEqualTo(code);
              assertThat(e).hasMessageContaining(text);
            });
  }

  @Nested
  class Connect {
    @Test
    void withoutASocket_isUnavailableAndSaysWhatToDo() {
      assertThatThrownBy(client::version)
          .hasMessage(
              "connect to the engine (containerd): the containerd socket does not exist;"
                  + " start containerd, or name the socket it listens on")
          .hasMessageNotContaining(directory.toString())
          .asInstanceOf(type(SandboxException.class))
          .extracting(SandboxException::code)
          .isEqualTo(Code.UNAVAILABLE);
    }

    @Test
    void toAFile_isInvalid() throws Exception {
      Files.createFile(socket);
      assertFails(client::version, Code.INVALID_ARGUMENT, "is no socket");
    }

    @Test
    void toASocketThatNobodyListensOn_isUnavailable() throws Exception {
      try (var server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
        server.bind(UnixDomainSocketAddress.of(socket));
      }
      assertFails(client::version, Code.UNAVAILABLE, "check that containerd is running");
    }

    @Test
    void toASomethingElse_isUnavailableAndSaysSo() throws Exception {
      try (var server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
        server.bind(UnixDomainSocketAddress.of(socket));
        Thread other =
            new Thread(
                () -> {
                  try (var peer = server.accept()) {
                    peer.write(
                        ByteBuffer.wrap(
                            "220 mail.example ready\r\n".getBytes(StandardCharsets.US_ASCII)));
                    peer.read(ByteBuffer.allocate(1 << 16));
                  } catch (java.io.IOException e) {
                    // The client hung up.
                  }
                });
        other.start();
        assertFails(client::version, Code.UNAVAILABLE, "does not speak containerd's API");
        other.join(5000);
      }
    }

    @Test
    void toAGrpcServerOfAnotherKind_isUnavailableAndSaysSo() throws Exception {
      try (FakeDaemon other = new FakeDaemon(socket)) {
        assertFails(client::version, Code.UNAVAILABLE, "does not speak containerd's API");
      }
    }

    @Test
    void toADaemonThatIsTooSlow_isUnavailable_andNotTakenForAStranger() throws Exception {
      try (FakeDaemon daemon = new FakeDaemon(socket, new Late())) {
        assertFails(client::version, Code.UNAVAILABLE, "did not answer in time");
      }
    }

    @Test
    void toAnOldDaemon_isUnsupported() throws Exception {
      try (FakeDaemon old = new FakeDaemon(socket, new Version("1.5.18"))) {
        assertFails(client::version, Code.UNSUPPORTED, "containerd 1.5.18 is too old");
      }
    }

    @ParameterizedTest
    @ValueSource(strings = {"1.6.20~ds1", "v2.3.4", "2.4.2+unknown", "1.7.0-rc.1", "2cf9a3e.m"})
    void toARecentOrUnknownDaemon_works(String version) throws Exception {
      try (FakeDaemon daemon = new FakeDaemon(socket, new Version(version))) {
        assertThat(client.version().text()).isEqualTo(version);
      }
    }

    @Test
    void afterTheDaemonWasAway_worksWithTheNextCall() throws Exception {
      try (FakeDaemon daemon = new FakeDaemon(socket, new Version("2.0.0"))) {
        client.version();
      }
      for (int i = 0; i < 5; i++) {
        assertFails(client::version, Code.UNAVAILABLE, "");
      }
      try (FakeDaemon daemon = new FakeDaemon(socket, new Version("2.0.1"))) {
        assertThat(client.version().text()).isEqualTo("2.0.1");
      }
    }
  }

  @Test
  void everyCall_hasTheNamespace_andTheLeaseWhereThereIsOne() throws Exception {
    try (FakeDaemon daemon = new FakeDaemon(socket, new LeaseTable(), new Version("2.0.0"));
        Lease lease = client.leases().acquire(Duration.ofMinutes(1))) {
      lease.stubs().version().version(Empty.getDefaultInstance());

      assertThat(daemon.headers())
          .extracting(headers -> headers.get(NAMESPACE))
          .containsExactly("ns", "ns");
      assertThat(daemon.headers())
          .extracting(headers -> Objects.toString(headers.get(LEASE)))
          .containsExactly("null", lease.id());
    }
  }

  @Test
  void interrupt_endsACallWithCancelledAndKeepsTheFlag() throws Exception {
    Silent silent = new Silent();
    try (FakeDaemon daemon = new FakeDaemon(socket, silent)) {
      CompletableFuture<Boolean> flag = new CompletableFuture<>();
      Thread caller =
          new Thread(
              () -> {
                try {
                  getImage();
                } catch (SandboxException e) {
                  flag.complete(
                      e.code() == Code.CANCELLED && Thread.currentThread().isInterrupted());
                }
              });
      caller.start();
      silent.asked.await();
      caller.interrupt();
      assertThat(flag.get(5, TimeUnit.SECONDS)).isTrue();
    }
  }

  @Test
  void daemonThatGoesAwayInMidCall_isUnavailable() throws Exception {
    Silent silent = new Silent();
    FakeDaemon daemon = new FakeDaemon(socket, silent);
    CompletableFuture<GetImageResponse> call =
        CompletableFuture.supplyAsync(ContainerdClientTest.this::getImage);
    silent.asked.await();
    daemon.close();
    assertThatThrownBy(() -> call.get(5, TimeUnit.SECONDS))
        .cause()
        .asInstanceOf(type(SandboxException.class))
        .extracting(SandboxException::code)
        .isEqualTo(Code.UNAVAILABLE);
  }

  @Test
  void close_endsCallsInFlightWithClosed_andTwiceIsFine() throws Exception {
    Silent silent = new Silent();
    try (FakeDaemon daemon = new FakeDaemon(socket, silent)) {
      CompletableFuture<GetImageResponse> call = CompletableFuture.supplyAsync(this::getImage);
      silent.asked.await();
      client.close();
      client.close();
      assertThatThrownBy(() -> call.get(5, TimeUnit.SECONDS))
          .cause()
          .asInstanceOf(type(SandboxException.class))
          .extracting(SandboxException::code)
          .isEqualTo(Code.CLOSED);
      assertFails(this::getImage, Code.CLOSED, "the runtime was closed");
    }
  }

  @Test
  void cleanUp_runsToItsEndThoughInterrupted_andIgnoresAbsence() throws Exception {
    try (FakeDaemon daemon = new FakeDaemon(socket, new LeaseTable())) {
      Thread.currentThread().interrupt();
      client.cleanUp(
          "end lease",
          "x",
          () -> client.stubs().leases().delete(DeleteRequest.getDefaultInstance()));
      assertThat(Thread.interrupted()).isTrue();
      assertThat(daemon.headers()).hasSize(1);
    }
  }
}
