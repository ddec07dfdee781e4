package dev.warren.internal.files;

import com.google.protobuf.ByteString;
import com.google.protobuf.MessageLite;
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
import dev.warren.internal.connection.BridgeCalls;
import dev.warren.internal.connection.KeyFingerprint;
import dev.warren.internal.connection.StatusMapper;
import io.grpc.MethodDescriptor;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.security.MessageDigest;
import java.util.function.Consumer;
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
        WriteRawRequest.DATA_FIELD_NUMBER,
        data -> {},
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
        ImportRequest.DATA_FIELD_NUMBER,
        digest::update,
        bytes ->
            ImportRequest.newBuilder()
                .setCommit(
                    ImportCommit.newBuilder()
                        .setBytes(bytes)
                        .setSha256(ByteString.copyFrom(digest.digest())))
                .build());
  }

  private <Q extends MessageLite, R> R send(
      MethodDescriptor<Q, R> method,
      String operation,
      String subject,
      Q header,
      InputStream source,
      int dataField,
      Consumer<ByteBuffer> look,
      LongFunction<Q> commit) {
    return calls.attempt(
        operation,
        BridgeCalls.Effect.CHANGES,
        lease -> {
          try (StreamCall<UploadFrame<Q>, R> call =
              new StreamCall<>(lease, UploadFrame.method(method), operation, subject)) {
            call.send(UploadFrame.of(header));
            long bytes = 0;
            byte[] buffer = new byte[FRAME];
            while (true) {
              int count = read(source, buffer, operation, subject);
              if (count <= 0) {
                break;
              }
              look.accept(ByteBuffer.wrap(buffer, 0, count));
              UploadFrame<Q> frame = UploadFrame.data(dataField, buffer, count);
              call.send(frame);
              bytes += count;
              if (!frame.isTaken()) {
                buffer = new byte[FRAME];
              }
            }
            call.send(UploadFrame.of(commit.apply(bytes)));
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
