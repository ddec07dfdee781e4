package dev.warren.internal.files;

import com.google.protobuf.ByteString;
import dev.warren.ArchiveSummary;
import dev.warren.FileInfo;
import dev.warren.ImportOptions;
import dev.warren.SandboxFiles;
import dev.warren.TextPage;
import dev.warren.WriteOptions;
import dev.warren.bridge.v1.Compression;
import dev.warren.bridge.v1.FileEntry;
import dev.warren.bridge.v1.ImportHeader;
import dev.warren.bridge.v1.ImportMode;
import dev.warren.bridge.v1.ReadFileResponse;
import java.time.Instant;
import java.util.HexFormat;
import java.util.Optional;
import java.util.OptionalLong;

/** Translates between the messages of file calls and the values of the API. Stateless. */
final class FileMessages {
  private static final long NANOS = 1_000_000_000L;

  private FileMessages() {}

  static FileInfo info(FileEntry entry) {
    return info(entry, entry.getPath());
  }

  static FileInfo info(FileEntry entry, String path) {
    long modified = entry.getMtimeUnixNanos();
    return new FileInfo(
        path,
        switch (entry.getType()) {
          case FILE_TYPE_REGULAR -> FileInfo.Type.REGULAR;
          case FILE_TYPE_DIRECTORY -> FileInfo.Type.DIRECTORY;
          case FILE_TYPE_SYMLINK -> FileInfo.Type.SYMLINK;
          case FILE_TYPE_OTHER, FILE_TYPE_UNSPECIFIED, UNRECOGNIZED -> FileInfo.Type.OTHER;
        },
        entry.getSize(),
        entry.getMode(),
        entry.getUid(),
        entry.getGid(),
        Instant.ofEpochSecond(Math.floorDiv(modified, NANOS), Math.floorMod(modified, NANOS)),
        entry.getLinkTarget().isEmpty() ? Optional.empty() : Optional.of(entry.getLinkTarget()),
        entry.getRevision(),
        entry.hasCollapsedEntries()
            ? OptionalLong.of(entry.getCollapsedEntries())
            : OptionalLong.empty());
  }

  static TextPage page(ReadFileResponse response, String path) {
    return new TextPage(
        response.getContent(),
        response.getFirstLine(),
        response.getLines(),
        response.getTotalLines(),
        response.getBinary(),
        response.getMore(),
        response.getCutLines(),
        info(response.getEntry(), path));
  }

  static dev.warren.bridge.v1.WriteOptions.Builder options(WriteOptions options) {
    dev.warren.bridge.v1.WriteOptions.Builder message =
        dev.warren.bridge.v1.WriteOptions.newBuilder()
            .setCreateParents(options.createParents())
            .setExpectedRevision(options.expectedRevision().orElse(""))
            .setMustNotExist(options.mustNotExist());
    options.mode().ifPresent(message::setMode);
    return message;
  }

  static Compression compression(SandboxFiles.Compression compression) {
    return switch (compression) {
      case NONE -> Compression.COMPRESSION_NONE;
      case GZIP -> Compression.COMPRESSION_GZIP;
      case ZSTD -> Compression.COMPRESSION_ZSTD;
    };
  }

  static ImportHeader importHeader(String path, ImportOptions options) {
    return ImportHeader.newBuilder()
        .setPath(path)
        .setMode(options.replace() ? ImportMode.IMPORT_MODE_REPLACE : ImportMode.IMPORT_MODE_MERGE)
        .setMaxContentBytes(options.maxContentBytes())
        .setMaxEntries(options.maxEntries())
        .build();
  }

  static ArchiveSummary summary(dev.warren.bridge.v1.ArchiveSummary summary) {
    ByteString sha256 = summary.getSha256();
    return new ArchiveSummary(
        summary.getEntries(),
        summary.getContentBytes(),
        summary.getArchiveBytes(),
        HexFormat.of().formatHex(sha256.toByteArray()));
  }
}
