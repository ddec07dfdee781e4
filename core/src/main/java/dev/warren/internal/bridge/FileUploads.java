package dev.warren.internal.bridge;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import dev.warren.SandboxException;
import dev.warren.SandboxException.Code;
import dev.warren.bridge.v1.Commit;
import dev.warren.bridge.v1.ContainerServiceGrpc;
import dev.warren.bridge.v1.ImportCommit;
import dev.warren.bridge.v1.ImportHeader;
import dev.warren.bridge.v1.ImportRequest;
import dev.warren.bridge.v1.ImportResponse;
import dev.warren.bridge.v1.WriteRawHeader;
import dev.warren.bridge.v1.WriteRawRequest;
import dev.warren.bridge.v1.WriteRawResponse;
import io.grpc.MethodDescriptor;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.net.SocketTimeoutException;
import java.nio.channels.ClosedByInterruptException;
import java.security.MessageDigest;
import java.util.function.Function;
import java.util.function.LongFunction;

/**
 * Sends streams of bytes into a sandbox. Without the commit at their end they have no effect, so a
 * source that fails leaves everything as it was. Thread-safe.
 */
final class FileUploads {
  private static final int FRAME = 256 << 10;

  private final BridgeCalls calls;

  FileUploads(BridgeCalls calls) {
    this.calls = calls;
  }

  WriteRawResponse write(String operation, WriteRawHeader header, InputStream source) {
    return send(
        ContainerServiceGrpc.getWriteRawMethod(),
        operation,
        calls.subject(header.getPath()),
        WriteRawRequest.newBuilder().setHeader(header).build(),
        source,
        data -> WriteRawRequest.newBuilder().setData(data).build(),
        bytes ->
            WriteRawRequest.newBuilder().setCommit(Commit.newBuilder().setBytes(bytes)).build());
  }

  ImportResponse unpack(String operation, ImportHeader header, InputStream source) {
    MessageDigest digest = KeyFingerprint.sha256();
    return send(
        ContainerServiceGrpc.getImportMethod(),
        operation,
        calls.subject(header.getPath()),
        ImportRequest.newBuilder().setHeader(header).build(),
        source,
        data -> {
          digest.update(data.asReadOnlyByteBuffer());
          return ImportRequest.newBuilder().setData(data).build();
        },
        bytes ->
            ImportRequest.newBuilder()
                .setCommit(
                    ImportCommit.newBuilder()
                        .setBytes(bytes)
                        .setSha256(ByteString.copyFrom(digest.digest())))
                .build());
  }

  private <Q, R> R send(
      MethodDescriptor<Q, R> method,
      String operation,
      String subject,
      Q header,
      InputStream source,
      Function<ByteString, Q> data,
      LongFunction<Q> commit) {
    return calls.attempt(
        operation,
        BridgeCalls.Effect.CHANGES,
        lease -> {
          try (StreamCall<Q, R> call = new StreamCall<>(lease, method, operation, subject)) {
            call.send(header);
            long bytes = 0;
            while (true) {
              // A new array for each frame: gRPC may keep one until it has a transport.
              byte[] buffer = new byte[FRAME];
              int count = read(source, buffer, operation, subject);
              if (count <= 0) {
                break;
              }
              call.send(data.apply(UnsafeByteOperations.unsafeWrap(buffer, 0, count)));
              bytes += count;
            }
            call.send(commit.apply(bytes));
            call.halfClose();
            R response = call.next();
            if (response == null) {
              throw SandboxException.of(Code.INTERNAL, operation, subject)
                  .detail("the bridge ended the call without an answer")
                  .build();
            }
            return response;
          }
        });
  }

  private static int read(InputStream source, byte[] buffer, String operation, String subject) {
    try {
      return source.readNBytes(buffer, 0, buffer.length);
    } catch (IOException | RuntimeException e) {
      boolean timedOut = e instanceof SocketTimeoutException; // by its type it looks interrupted
      if (e instanceof ClosedByInterruptException
          || (e instanceof InterruptedIOException && !timedOut)) {
        throw StatusMapper.interrupted(operation, subject, e);
      }
      throw SandboxException.of(Code.CANCELLED, operation, subject)
          .detail("the source of the bytes failed, and nothing was changed")
          .cause(e)
          .build();
    }
  }
}
