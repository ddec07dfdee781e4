package dev.warren.testkit.internal.bridge;

import com.google.protobuf.ByteString;
import dev.warren.bridge.v1.DeleteFileRequest;
import dev.warren.bridge.v1.DeleteFileResponse;
import dev.warren.bridge.v1.FileEntry;
import dev.warren.bridge.v1.MkdirRequest;
import dev.warren.bridge.v1.MkdirResponse;
import dev.warren.bridge.v1.Reason;
import dev.warren.bridge.v1.RenameRequest;
import dev.warren.bridge.v1.RenameResponse;
import dev.warren.bridge.v1.WriteFileRequest;
import dev.warren.bridge.v1.WriteFileResponse;
import dev.warren.bridge.v1.WriteOptions;
import dev.warren.bridge.v1.WriteRawHeader;
import dev.warren.bridge.v1.WriteRawRequest;
import dev.warren.bridge.v1.WriteRawResponse;
import dev.warren.testkit.internal.fake.FileTree;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/** The calls that change files. Thread-safe as the file system is. */
final class FileWriting {
  private static final LinkOption NO_LINK = LinkOption.NOFOLLOW_LINKS;
  private static final int NEW_FILE = 0644;
  private static final int NEW_DIRECTORY = 0755;

  private final LayerFiles files;

  FileWriting(LayerFiles files) {
    this.files = files;
  }

  WriteFileResponse writeFile(WriteFileRequest request) throws IOException {
    FileEntry entry = write(request.getPath(), request.getContent(), request.getOptions());
    return WriteFileResponse.newBuilder().setEntry(entry).build();
  }

  private FileEntry write(String path, ByteString content, WriteOptions options)
      throws IOException {
    Path file = files.find(path, true, options.hasNoFollow(), options.getNoFollow());
    int mode = options.hasMode() ? options.getMode() : NEW_FILE;
    if (Files.exists(file, NO_LINK)) {
      if (options.getMustNotExist()) {
        throw new FileAlreadyExistsException(path);
      }
      FileEntry before = LayerFiles.requireRegular(file, path);
      checkRevision(options, before.getRevision());
      mode = options.hasMode() ? mode : before.getMode();
    } else {
      checkRevision(options, "");
    }
    parents(file, options.getCreateParents());
    Path staged = Files.createTempFile(file.getParent(), ".warren", ".tmp");
    try {
      Files.write(staged, content.toByteArray());
      Files.setAttribute(staged, "unix:mode", mode);
      Files.move(staged, file, StandardCopyOption.ATOMIC_MOVE);
    } finally {
      Files.deleteIfExists(staged);
    }
    return LayerFiles.describe(file, path).build();
  }

  private static void checkRevision(WriteOptions options, String present) {
    String expected = options.getExpectedRevision();
    if (!expected.isEmpty() && !expected.equals(present)) {
      throw Refusal.of(
          Status.Code.ABORTED, Reason.REASON_STALE_REVISION, "the file has changed since");
    }
  }

  private static void parents(Path file, boolean create) throws IOException {
    if (create) {
      Files.createDirectories(file.getParent());
    } else if (!Files.exists(file.getParent())) {
      throw new NoSuchFileException(file.getFileName().toString());
    }
  }

  StreamObserver<WriteRawRequest> writeRaw(StreamObserver<WriteRawResponse> caller) {
    return new StreamObserver<>() {
      private WriteRawHeader header = WriteRawHeader.getDefaultInstance();
      private final ByteString.Output content = ByteString.newOutput();
      private boolean answered;

      @Override
      public void onNext(WriteRawRequest frame) {
        switch (frame.getFrameCase()) {
          case HEADER -> header = frame.getHeader();
          case DATA -> append(frame.getData());
          case COMMIT -> commit(frame.getCommit().getBytes());
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

      private void commit(long bytes) {
        answered = true;
        Refusal.answer(
            caller,
            () -> {
              ByteString all = content.toByteString();
              if (bytes != all.size()) {
                throw truncated();
              }
              return WriteRawResponse.newBuilder()
                  .setEntry(write(header.getPath(), all, header.getOptions()))
                  .build();
            });
      }

      @Override
      public void onError(Throwable failure) {
        // Without a commit nothing was touched.
      }

      @Override
      public void onCompleted() {
        if (!answered) {
          caller.onError(truncated());
        }
      }
    };
  }

  private static RuntimeException truncated() {
    return Refusal.of(
        Status.Code.ABORTED, Reason.REASON_TRUNCATED, "the stream ended before its commit");
  }

  MkdirResponse mkdir(MkdirRequest request) throws IOException {
    Path directory =
        files.find(request.getPath(), false, request.hasNoFollow(), request.getNoFollow());
    if (request.getParents()) {
      Files.createDirectories(directory);
    } else {
      Files.createDirectory(directory);
      int mode = request.hasMode() ? request.getMode() : NEW_DIRECTORY;
      Files.setAttribute(directory, "unix:mode", mode);
    }
    return MkdirResponse.getDefaultInstance();
  }

  RenameResponse rename(RenameRequest request) throws IOException {
    Path from = files.find(request.getFrom(), false, request.hasNoFollow(), request.getNoFollow());
    Path to = files.find(request.getTo(), false, request.hasNoFollow(), request.getNoFollow());
    if (!Files.exists(from, NO_LINK)) {
      throw new NoSuchFileException(request.getFrom());
    }
    if (!request.getReplace() && Files.exists(to, NO_LINK)) {
      throw new FileAlreadyExistsException(request.getTo());
    }
    parents(to, request.getCreateParents());
    Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
    return RenameResponse.getDefaultInstance();
  }

  DeleteFileResponse delete(DeleteFileRequest request) throws IOException {
    Path file = files.find(request.getPath(), false, request.hasNoFollow(), request.getNoFollow());
    if (file.equals(files.layer()) || file.equals(files.find("", true))) {
      throw Refusal.of(Status.Code.INVALID_ARGUMENT, "the root directory is not deleted");
    }
    boolean existed = Files.exists(file, NO_LINK);
    if (request.getRecursive()) {
      FileTree.delete(file);
    } else {
      Files.deleteIfExists(file);
    }
    return DeleteFileResponse.newBuilder().setExisted(existed).build();
  }
}
