package dev.warren.internal.files;

import com.google.protobuf.ByteString;
import dev.warren.SandboxException;
import dev.warren.SandboxException.Code;
import dev.warren.bridge.v1.ArchiveSummary;
import dev.warren.bridge.v1.ContainerServiceGrpc;
import dev.warren.bridge.v1.ExportRequest;
import dev.warren.bridge.v1.ExportResponse;
import dev.warren.bridge.v1.ReadRawRequest;
import dev.warren.bridge.v1.ReadRawResponse;
import dev.warren.internal.connection.BridgeCalls;
import dev.warren.internal.connection.KeyFingerprint;
import io.grpc.MethodDescriptor;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.security.MessageDigest;
import org.jspecify.annotations.Nullable;

/** Opens streams of bytes out of a sandbox. Thread-safe; the streams are for one thread each. */
final class FileDownloads {
  private static final MethodDescriptor<ReadRawRequest, DownloadFrame<ReadRawResponse>> READ_RAW =
      DownloadFrame.method(
          ContainerServiceGrpc.getReadRawMethod(), ReadRawResponse.DATA_FIELD_NUMBER);

  private final BridgeCalls calls;

  FileDownloads(BridgeCalls calls) {
    this.calls = calls;
  }

  /** A file that is open: its size, and its bytes from the offset that was asked for. */
  record Opened(long size, FrameInputStream stream) {}

  Opened read(String operation, ReadRawRequest request) {
    String subject = calls.subject(request.getPath());
    return calls.attempt(
        operation,
        BridgeCalls.Effect.NONE,
        lease -> {
          StreamCall<ReadRawRequest, DownloadFrame<ReadRawResponse>> call =
              new StreamCall<>(lease, READ_RAW, operation, subject);
          try {
            call.send(request);
            call.halfClose();
            DownloadFrame<ReadRawResponse> first = call.next(); // a missing file is reported here
            ReadRawResponse header = first == null ? null : first.message();
            if (header == null || !header.hasHeader()) {
              throw incomplete(operation, subject, "the bridge sent no header");
            }
            long size = header.getHeader().getSize();
            long rest = Math.max(0, size - request.getOffset());
            long wanted = request.getLength() > 0 ? Math.min(request.getLength(), rest) : rest;
            return new Opened(
                size, new FrameInputStream(new RawFrames(call, operation, subject, wanted)));
          } catch (RuntimeException e) {
            call.close();
            throw e;
          }
        });
  }

  FrameInputStream export(String operation, ExportRequest request) {
    String subject = calls.subject(request.getPath());
    return calls.attempt(
        operation,
        BridgeCalls.Effect.NONE,
        lease -> {
          StreamCall<ExportRequest, ExportResponse> call =
              new StreamCall<>(lease, ContainerServiceGrpc.getExportMethod(), operation, subject);
          try {
            call.send(request);
            call.halfClose();
            ExportResponse first = call.next(); // a missing directory is reported here
            return new FrameInputStream(new TarFrames(call, operation, subject, first));
          } catch (RuntimeException e) {
            call.close();
            throw e;
          }
        });
  }

  private static SandboxException incomplete(String operation, String subject, String detail) {
    return SandboxException.of(Code.DATA_LOSS, operation, subject).detail(detail).build();
  }

  private static int remaining(InputStream bytes) {
    try {
      return bytes.available();
    } catch (IOException e) {
      throw new UncheckedIOException(e); // it is in memory
    }
  }

  /** The bytes of a file; fewer than announced are an error. */
  private static final class RawFrames implements FrameInputStream.Frames {
    private final StreamCall<ReadRawRequest, DownloadFrame<ReadRawResponse>> call;
    private final String operation;
    private final String subject;
    private final long wanted;
    private long got;

    RawFrames(
        StreamCall<ReadRawRequest, DownloadFrame<ReadRawResponse>> call,
        String operation,
        String subject,
        long wanted) {
      this.call = call;
      this.operation = operation;
      this.subject = subject;
      this.wanted = wanted;
    }

    @Override
    public @Nullable InputStream next() {
      DownloadFrame<ReadRawResponse> frame = call.next();
      if (frame == null) {
        if (got < wanted) {
          throw incomplete(
              operation, subject, "the file ended after " + got + " of " + wanted + " bytes");
        }
        return null;
      }
      ReadRawResponse message = frame.message();
      InputStream bytes = message == null ? frame.bytes() : message.getData().newInput();
      got += remaining(bytes);
      return bytes;
    }

    @Override
    public void close() {
      call.close();
    }
  }

  /** The bytes of an archive; they end well only when the summary came and agrees. */
  private static final class TarFrames implements FrameInputStream.Frames {
    private final MessageDigest sha256 = KeyFingerprint.sha256();
    private final StreamCall<ExportRequest, ExportResponse> call;
    private final String operation;
    private final String subject;
    private @Nullable ExportResponse first;
    private long got;

    TarFrames(
        StreamCall<ExportRequest, ExportResponse> call,
        String operation,
        String subject,
        @Nullable ExportResponse first) {
      this.call = call;
      this.operation = operation;
      this.subject = subject;
      this.first = first;
    }

    @Override
    public @Nullable InputStream next() {
      ExportResponse frame = first == null ? call.next() : first;
      first = null;
      if (frame == null) {
        throw incomplete(operation, subject, "the archive ended without its summary");
      }
      if (frame.hasSummary()) {
        verify(frame.getSummary());
        return null;
      }
      ByteString data = frame.getData();
      data.asReadOnlyByteBufferList().forEach(sha256::update);
      got += data.size();
      return data.newInput();
    }

    private void verify(ArchiveSummary summary) {
      byte[] expected = summary.getSha256().toByteArray();
      if (summary.getArchiveBytes() != got || !MessageDigest.isEqual(expected, sha256.digest())) {
        throw incomplete(operation, subject, "the archive does not match its summary");
      }
    }

    @Override
    public void close() {
      call.close();
    }
  }
}
