package dev.warren.testkit.internal.bridge;

import com.google.protobuf.ByteString;
import dev.warren.bridge.v1.ArchiveSummary;
import dev.warren.bridge.v1.ExportRequest;
import dev.warren.bridge.v1.ExportResponse;
import dev.warren.bridge.v1.ImportHeader;
import dev.warren.bridge.v1.ImportMode;
import dev.warren.bridge.v1.ImportRequest;
import dev.warren.bridge.v1.ImportResponse;
import dev.warren.bridge.v1.Reason;
import dev.warren.testkit.internal.fake.FileTree;
import dev.warren.testkit.internal.fake.TarReader;
import dev.warren.testkit.internal.fake.TarWriter;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/**
 * Export and Import. Archives are never compressed, whatever was asked for: an importer knows a
 * format by its first bytes. They are held in memory. Thread-safe.
 */
final class Archives {
  private static final int CHUNK = 64 << 10;

  private final LayerFiles files;
  private final Misbehaviour answers;

  Archives(LayerFiles files, Misbehaviour answers) {
    this.files = files;
    this.answers = answers;
  }

  void export(ExportRequest request, StreamObserver<ExportResponse> caller) {
    try {
      Path directory = files.find(request.getPath(), true);
      if (!Files.isDirectory(directory)) {
        LayerFiles.describe(directory, request.getPath());
        throw Refusal.of(
            Status.Code.INVALID_ARGUMENT, Reason.REASON_NOT_DIRECTORY, "it is no directory");
      }
      ByteArrayOutputStream out = new ByteArrayOutputStream();
      TarWriter tar = new TarWriter(out);
      tar.write(directory, request.getExcludeList()::contains);
      ByteString archive = ByteString.copyFrom(out.toByteArray());
      for (int at = 0; at < archive.size(); at += CHUNK) {
        ByteString chunk = archive.substring(at, Math.min(archive.size(), at + CHUNK));
        caller.onNext(ExportResponse.newBuilder().setData(chunk).build());
      }
      if (!answers.brokenExports()) {
        caller.onNext(
            ExportResponse.newBuilder()
                .setSummary(summary(archive, tar.entries(), tar.contentBytes()))
                .build());
      }
      caller.onCompleted();
    } catch (IOException | RuntimeException e) {
      caller.onError(Refusal.of(e));
    }
  }

  StreamObserver<ImportRequest> importInto(StreamObserver<ImportResponse> caller) {
    return new StreamObserver<>() {
      private ImportHeader header = ImportHeader.getDefaultInstance();
      private final ByteString.Output content = ByteString.newOutput();
      private boolean answered;

      @Override
      public void onNext(ImportRequest frame) {
        switch (frame.getFrameCase()) {
          case HEADER -> header = frame.getHeader();
          case DATA -> append(frame.getData());
          case COMMIT -> {
            answered = true;
            Refusal.answer(
                caller, () -> unpack(header, content.toByteString(), frame.getCommit().getBytes()));
          }
          case FRAME_NOT_SET -> {}
        }
      }

      private void append(ByteString data) {
        try {
          data.writeTo(content);
        } catch (IOException e) {
          throw new UncheckedIOException(e);
        }
      }

      @Override
      public void onError(Throwable failure) {
        // Without a commit nothing was touched.
      }

      @Override
      public void onCompleted() {
        if (!answered) {
          caller.onError(
              Refusal.of(Status.Code.ABORTED, Reason.REASON_TRUNCATED, "there was no commit"));
        }
      }
    };
  }

  /** Unpacks beside first, so that a bad archive changes nothing. */
  private ImportResponse unpack(ImportHeader header, ByteString archive, long bytes)
      throws IOException {
    if (archive.size() != bytes) {
      throw Refusal.of(Status.Code.ABORTED, Reason.REASON_TRUNCATED, "bytes are missing");
    }
    Path target = files.find(header.getPath(), true);
    Path staged = Files.createTempDirectory("warren-fake-import");
    try {
      TarReader tar = new TarReader(archive.newInput());
      tar.unpack(staged);
      if (header.getMode() == ImportMode.IMPORT_MODE_REPLACE) {
        FileTree.delete(target);
      }
      Files.createDirectories(target);
      FileTree.copy(staged, target);
      return ImportResponse.newBuilder()
          .setSummary(summary(archive, tar.entries(), tar.contentBytes()))
          .build();
    } catch (TarReader.BadArchive e) {
      throw Refusal.of(
          Status.Code.INVALID_ARGUMENT, Reason.REASON_BAD_ARCHIVE, String.valueOf(e.getMessage()));
    } finally {
      FileTree.delete(staged);
    }
  }

  private static ArchiveSummary summary(ByteString archive, long entries, long content) {
    try {
      byte[] digest = MessageDigest.getInstance("SHA-256").digest(archive.toByteArray());
      return ArchiveSummary.newBuilder()
          .setEntries(entries)
          .setContentBytes(content)
          .setArchiveBytes(archive.size())
          .setSha256(ByteString.copyFrom(digest))
          .build();
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
