package dev.warren.internal.connection;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.protobuf.ByteString;
import dev.warren.SandboxException;
import dev.warren.SandboxException.Code;
import dev.warren.bridge.v1.ContainerServiceGrpc;
import dev.warren.bridge.v1.HelloRequest;
import dev.warren.bridge.v1.HelloResponse;
import io.grpc.Channel;
import io.grpc.StatusRuntimeException;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.spec.X509EncodedKeySpec;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The first call on a connection: makes sure that the bridge of the sandbox that is meant answers,
 * and nobody else. Thread-safe.
 */
final class HelloCheck {
  static final int PROTOCOL_VERSION = 1;

  private static final int NONCE_BYTES = 32;
  private static final String OPERATION = "connect to";
  private static final String RESTART = "restart the sandbox so that it runs this library's bridge";

  private final SecureRandom random = new SecureRandom();

  /**
   * @throws StatusRuntimeException when the call fails for another reason than a refusal
   */
  HelloResponse greet(
      Channel channel, String sandboxId, Optional<String> fingerprint, long timeoutNanos) {
    byte[] nonce = new byte[NONCE_BYTES];
    random.nextBytes(nonce);
    HelloRequest request =
        HelloRequest.newBuilder()
            .setProtocolVersion(PROTOCOL_VERSION)
            .setSandboxId(sandboxId)
            .setNonce(ByteString.copyFrom(nonce))
            .build();
    HelloResponse response;
    try {
      response =
          ContainerServiceGrpc.newBlockingStub(channel)
              .withDeadlineAfter(timeoutNanos, TimeUnit.NANOSECONDS)
              .hello(request);
    } catch (StatusRuntimeException e) {
      SandboxException refusal = StatusMapper.map(OPERATION, sandboxId, e);
      throw switch (refusal.reason().orElse("")) {
        case "PROTOCOL_VERSION" ->
            otherVersion(sandboxId, "the bridge says: " + e.getStatus().getDescription(), e);
        case "WRONG_SANDBOX" -> wrongSandbox(sandboxId);
        default -> refusal.code() == Code.UNSUPPORTED ? refusal : e; // the caller may try again
      };
    }
    verify(response, sandboxId, nonce, fingerprint);
    return response;
  }

  private static void verify(
      HelloResponse response, String sandboxId, byte[] nonce, Optional<String> fingerprint) {
    if (response.getProtocolVersion() != PROTOCOL_VERSION) {
      throw otherVersion(
          sandboxId, "the bridge speaks version " + response.getProtocolVersion(), null);
    }
    if (!response.getSandboxId().equals(sandboxId)) {
      throw wrongSandbox(sandboxId);
    }
    byte[] key = response.getPublicKey().toByteArray();
    if (fingerprint.isPresent() && !KeyFingerprint.matches(fingerprint.get(), key)) {
      throw refused(sandboxId, "the bridge that answers holds another key than the one started");
    }
    if (response.getInstance().isEmpty() || !signed(response, key, nonce)) {
      throw refused(sandboxId, "the bridge that answers cannot prove its identity");
    }
  }

  private static boolean signed(HelloResponse response, byte[] key, byte[] nonce) {
    try {
      PublicKey publicKey =
          KeyFactory.getInstance("EC").generatePublic(new X509EncodedKeySpec(key));
      Signature signature = Signature.getInstance("SHA256withECDSA");
      signature.initVerify(publicKey);
      signature.update("warren-hello-v1\0".getBytes(UTF_8));
      signature.update((response.getSandboxId() + '\0').getBytes(UTF_8));
      signature.update((response.getInstance() + '\0').getBytes(UTF_8));
      signature.update(nonce);
      return signature.verify(response.getSignature().toByteArray());
    } catch (GeneralSecurityException e) {
      return false; // malformed key or signature: no proof
    }
  }

  private static SandboxException refused(String sandboxId, String detail) {
    return SandboxException.of(Code.PERMISSION_DENIED, OPERATION, sandboxId).detail(detail).build();
  }

  private static SandboxException wrongSandbox(String sandboxId) {
    return SandboxException.of(Code.CONFLICT, OPERATION, sandboxId)
        .reason("WRONG_SANDBOX")
        .detail("the bridge of another sandbox answers at its address")
        .build();
  }

  private static SandboxException otherVersion(
      String sandboxId, String detail, @Nullable Throwable cause) {
    return SandboxException.of(Code.UNSUPPORTED, OPERATION, sandboxId)
        .reason("PROTOCOL_VERSION")
        .detail(
            "this library speaks version "
                + PROTOCOL_VERSION
                + " of the bridge protocol; "
                + detail)
        .remedy(RESTART)
        .cause(cause)
        .build();
  }
}
