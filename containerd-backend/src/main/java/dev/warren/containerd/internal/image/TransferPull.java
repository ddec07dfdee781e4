package dev.warren.containerd.internal.image;

import com.google.protobuf.Any;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.warren.ImageRef;
import dev.warren.PullOptions.Credentials;
import dev.warren.SandboxException;
import dev.warren.SandboxException.Code;
import dev.warren.containerd.internal.api.transfer.AuthRequest;
import dev.warren.containerd.internal.api.transfer.AuthResponse;
import dev.warren.containerd.internal.api.transfer.AuthType;
import dev.warren.containerd.internal.api.transfer.ImageStore;
import dev.warren.containerd.internal.api.transfer.OCIRegistry;
import dev.warren.containerd.internal.api.transfer.Progress;
import dev.warren.containerd.internal.api.transfer.RegistryResolver;
import dev.warren.containerd.internal.api.transfer.TransferOptions;
import dev.warren.containerd.internal.api.transfer.TransferRequest;
import dev.warren.containerd.internal.api.transfer.UnpackConfiguration;
import dev.warren.containerd.internal.client.ContainerdClient;
import dev.warren.containerd.internal.client.ContainerdErrors;
import dev.warren.containerd.internal.content.TransferStream;
import dev.warren.containerd.internal.manifest.Platform;
import dev.warren.containerd.internal.registry.Registries;
import dev.warren.engine.internal.login.Login;
import io.grpc.stub.StreamObserver;
import java.util.Optional;

/**
 * A pull that the daemon does itself, from 1.7 on. Credentials are handed out when it asks for
 * them. Thread-safe.
 */
final class TransferPull {
  private static final String OPERATION = "pull image";
  private static final String PLUGIN_TYPE = "io.containerd.grpc.v1";

  private final ContainerdClient client;
  private final String snapshotter;
  private final Registries registries;

  TransferPull(ContainerdClient client, String snapshotter, Registries registries) {
    this.client = client;
    this.snapshotter = snapshotter;
    this.registries = registries;
  }

  /** Whether the daemon has what it takes. */
  static boolean isOffered(ContainerdClient client) {
    return client.hasPlugin(PLUGIN_TYPE, "transfer") && client.hasPlugin(PLUGIN_TYPE, "streaming");
  }

  /** Whether the daemon can reach the registry in the way the settings say. */
  boolean canReach(ImageRef ref) {
    String registry = ref.registry();
    // 1.7 takes the scheme we name and ignores it: it tries TLS, for up to ten seconds an attempt.
    return !registries.needsOwnClient(registry)
        && (!registries.isPlain(registry) || client.version().isAtLeast(2, 0));
  }

  /**
   * Pulls an image, unpacked and under its name; a failure leaves nothing of its own.
   *
   * @throws dev.warren.SandboxException as {@link dev.warren.spi.Images#pull}
   */
  void pull(ImageRef ref, Optional<Credentials> credentials, PullReporter reporter) {
    try {
      Optional<Login> login =
          credentials.isPresent()
              ? credentials.map(Login::of)
              : registries.configuredLogin(ref.registry());
      transfer(ref, login, reporter);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw SandboxException.of(Code.CANCELLED, OPERATION, ref.toString())
          .backend(ContainerdErrors.BACKEND)
          .detail("the calling thread was interrupted")
          .cause(e)
          .build();
    } catch (RuntimeException e) {
      throw client.translate(OPERATION, ref.toString(), e);
    }
  }

  private void transfer(ImageRef ref, Optional<Login> login, PullReporter reporter)
      throws InterruptedException {
    var stub = client.stubs().streamingAsync();
    try (TransferStream progress =
            TransferStream.open(stub, (message, answers) -> hearProgress(message, reporter));
        TransferStream questions =
            TransferStream.open(stub, (message, answers) -> answer(message, answers, ref, login))) {
      TransferRequest request =
          TransferRequest.newBuilder()
              .setSource(TransferStream.pack(source(ref, questions.id())))
              .setDestination(TransferStream.pack(destination(ref)))
              .setOptions(TransferOptions.newBuilder().setProgressStream(progress.id()))
              .build();
      client.call(OPERATION, ref.toString(), () -> client.stubs().transfer().transfer(request));
    }
  }

  private OCIRegistry source(ImageRef ref, String questions) {
    RegistryResolver.Builder resolver = RegistryResolver.newBuilder().setAuthStream(questions);
    if (registries.isPlain(ref.registry())) {
      resolver.setDefaultScheme("http");
    }
    return OCIRegistry.newBuilder().setReference(ref.toString()).setResolver(resolver).build();
  }

  private ImageStore destination(ImageRef ref) {
    Platform host = Platform.host();
    var platform =
        dev.warren.containerd.internal.api.types.Platform.newBuilder()
            .setOs(host.os())
            .setArchitecture(host.architecture());
    return ImageStore.newBuilder()
        .setName(ref.toString())
        .addPlatforms(platform)
        .addUnpacks(
            UnpackConfiguration.newBuilder().setPlatform(platform).setSnapshotter(snapshotter))
        .build();
  }

  /** Answers only for the registry that was asked for: a login is not for whoever asks. */
  private void answer(
      Any message, StreamObserver<Any> answers, ImageRef ref, Optional<Login> login) {
    AuthResponse.Builder response = AuthResponse.newBuilder().setAuthType(AuthType.NONE);
    if (login.isPresent() && registries.isHostOf(ref.registry(), host(message))) {
      Login known = login.get();
      response
          .setAuthType(known.identityToken() ? AuthType.REFRESH : AuthType.CREDENTIALS)
          .setUsername(known.user())
          .setSecret(known.secret());
    }
    answers.onNext(TransferStream.pack(response.build()));
  }

  private static String host(Any message) {
    try {
      return AuthRequest.parseFrom(message.getValue()).getHost();
    } catch (InvalidProtocolBufferException e) {
      return "";
    }
  }

  private static void hearProgress(Any message, PullReporter reporter) {
    try {
      Progress progress = Progress.parseFrom(message.getValue());
      reporter.transfer(
          progress.getEvent(), progress.getName(), progress.getProgress(), progress.getTotal());
    } catch (InvalidProtocolBufferException e) {
      // A daemon of another kind; its progress is not told.
    }
  }
}
