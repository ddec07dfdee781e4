package dev.warren.testkit.internal.bridge;

import com.google.protobuf.ByteString;
import dev.warren.bridge.v1.FileEntry;
import dev.warren.bridge.v1.FileType;
import dev.warren.bridge.v1.ListDirRequest;
import dev.warren.bridge.v1.ListDirResponse;
import dev.warren.bridge.v1.ReadFileRequest;
import dev.warren.bridge.v1.ReadFileResponse;
import dev.warren.bridge.v1.ReadRawRequest;
import dev.warren.bridge.v1.ReadRawResponse;
import dev.warren.bridge.v1.StatRequest;
import dev.warren.bridge.v1.StatResponse;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** The calls that read files. Thread-safe. */
final class FileReading {
  private static final int CHUNK = 64 << 10;
  private static final int BINARY_PROBE = 8 << 10;
  private static final Comparator<Path> BYTEWISE = Comparator.comparing(Path::toString);

  private final LayerFiles files;

  FileReading(LayerFiles files) {
    this.files = files;
  }

  StatResponse stat(StatRequest request) throws IOException {
    Path file =
        files.find(
            request.getPath(), request.getFollow(), request.hasNoFollow(), request.getNoFollow());
    return StatResponse.newBuilder().setEntry(LayerFiles.describe(file, request.getPath())).build();
  }

  void readRaw(ReadRawRequest request, StreamObserver<ReadRawResponse> caller) {
    try {
      Path file = files.find(request.getPath(), true, request.hasNoFollow(), request.getNoFollow());
      FileEntry entry = LayerFiles.requireRegular(file, request.getPath());
      caller.onNext(ReadRawResponse.newBuilder().setHeader(entry).build());
      long left = request.getLength() == 0 ? Long.MAX_VALUE : request.getLength();
      try (InputStream in = Files.newInputStream(file)) {
        in.skip(request.getOffset());
        while (left > 0) {
          byte[] chunk = in.readNBytes((int) Math.min(CHUNK, left));
          if (chunk.length == 0) {
            break;
          }
          left -= chunk.length;
          caller.onNext(ReadRawResponse.newBuilder().setData(ByteString.copyFrom(chunk)).build());
        }
      }
      caller.onCompleted();
    } catch (IOException | RuntimeException e) {
      caller.onError(Refusal.of(e));
    }
  }

  ReadFileResponse readFile(ReadFileRequest request) throws IOException {
    Path file = files.find(request.getPath(), true);
    FileEntry entry = LayerFiles.requireRegular(file, request.getPath());
    byte[] all = Files.readAllBytes(file);
    ReadFileResponse.Builder answer = ReadFileResponse.newBuilder().setEntry(entry);
    for (int i = 0; i < Math.min(all.length, BINARY_PROBE); i++) {
      if (all[i] == 0) {
        return answer.setBinary(true).build();
      }
    }
    List<String> lines =
        new ArrayList<>(List.of(new String(all, StandardCharsets.UTF_8).split("(?<=\n)")));
    lines.removeIf(String::isEmpty);
    return page(request, answer, lines);
  }

  private static ReadFileResponse page(
      ReadFileRequest request, ReadFileResponse.Builder answer, List<String> lines) {
    int first = (int) Math.max(1, request.getFirstLine());
    int maxLines = request.getMaxLines() == 0 ? 2000 : request.getMaxLines();
    int maxBytes = request.getMaxBytes() == 0 ? 64 << 10 : request.getMaxBytes();
    int maxChars = request.getMaxLineChars() == 0 ? 2000 : request.getMaxLineChars();
    StringBuilder content = new StringBuilder();
    int count = 0;
    int bytes = 0;
    int cut = 0;
    int at = first - 1;
    while (at < lines.size() && count < maxLines) {
      String line = lines.get(at);
      boolean tooLong = line.codePointCount(0, line.length()) > maxChars;
      String shown =
          tooLong ? line.substring(0, line.offsetByCodePoints(0, maxChars)) + "\n" : line;
      int size = shown.getBytes(StandardCharsets.UTF_8).length;
      if (bytes + size > maxBytes && count > 0) {
        break;
      }
      content.append(shown);
      bytes += size;
      cut += tooLong ? 1 : 0;
      count++;
      at++;
    }
    return answer
        .setContent(content.toString())
        .setFirstLine(first)
        .setLines(count)
        .setTotalLines(lines.size())
        .setMore(at < lines.size())
        .setCutLines(cut)
        .build();
  }

  ListDirResponse listDir(ListDirRequest request) throws IOException {
    Path directory =
        files.find(request.getPath(), true, request.hasNoFollow(), request.getNoFollow());
    List<FileEntry> entries = new ArrayList<>();
    collect(directory, directory, request, entries);
    if (!request.getCursor().isEmpty()) {
      entries.removeIf(entry -> !after(entry.getPath(), request.getCursor()));
    }
    int size = Math.min(10_000, request.getPageSize() == 0 ? 1000 : request.getPageSize());
    ListDirResponse.Builder page = ListDirResponse.newBuilder();
    page.addAllEntries(entries.subList(0, Math.min(size, entries.size())));
    if (entries.size() > size) {
      page.setNextCursor(entries.get(size - 1).getPath());
    }
    return page.build();
  }

  /** Compares by component: a directory comes right before what is in it. */
  private static boolean after(String path, String cursor) {
    return Arrays.compare(path.split("/"), cursor.split("/")) > 0;
  }

  private static void collect(
      Path root, Path directory, ListDirRequest request, List<FileEntry> entries)
      throws IOException {
    for (Path child : children(directory)) {
      FileEntry.Builder entry = LayerFiles.describe(child, root.relativize(child).toString());
      boolean expand = request.getRecursive() && entry.getType() == FileType.FILE_TYPE_DIRECTORY;
      int limit = request.getCollapseThreshold();
      if (expand && limit > 0) {
        int count = children(child).size();
        if (count > limit) {
          entry.setCollapsedEntries(count);
          expand = false;
        }
      }
      entries.add(entry.build());
      if (expand) {
        collect(root, child, request, entries);
      }
    }
  }

  private static List<Path> children(Path directory) throws IOException {
    try (Stream<Path> children = Files.list(directory)) {
      return children.sorted(BYTEWISE).toList();
    }
  }
}
