package dev.warren.internal.files;

import com.google.protobuf.UnsafeByteOperations;
import dev.warren.ArchiveSummary;
import dev.warren.FileInfo;
import dev.warren.ImportOptions;
import dev.warren.LineRange;
import dev.warren.ListPage;
import dev.warren.ListRequest;
import dev.warren.SandboxException;
import dev.warren.SandboxException.Code;
import dev.warren.SandboxFiles;
import dev.warren.TextPage;
import dev.warren.WriteOptions;
import dev.warren.bridge.v1.DeleteFileRequest;
import dev.warren.bridge.v1.ExportRequest;
import dev.warren.bridge.v1.ListDirRequest;
import dev.warren.bridge.v1.ListDirResponse;
import dev.warren.bridge.v1.MkdirRequest;
import dev.warren.bridge.v1.ReadFileRequest;
import dev.warren.bridge.v1.ReadRawRequest;
import dev.warren.bridge.v1.RenameRequest;
import dev.warren.bridge.v1.StatRequest;
import dev.warren.bridge.v1.WriteFileRequest;
import dev.warren.bridge.v1.WriteRawHeader;
import dev.warren.internal.connection.BridgeCalls;
import dev.warren.internal.connection.BridgeCalls.Effect;
import dev.warren.internal.connection.ConnectionSource;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The files of a sandbox, through its bridge. Thread-safe. */
public final class BridgeFiles implements SandboxFiles {
  private static final int MAX_LISTED = 100_000;
  private static final int LIST_PAGE = 10_000;

  /** Larger contents are streamed. */
  private static final int ONE_MESSAGE = 1 << 20;

  private final BridgeCalls calls;
  private final FileDownloads downloads;
  private final FileUploads uploads;
  private final HostFiles hostFiles;
  private final Confinement confinement;

  /**
   * @param subject what errors name, such as the bot's id
   */
  public BridgeFiles(ConnectionSource source, String subject) {
    this(new BridgeCalls(source, subject), Confinement.NONE);
  }

  private BridgeFiles(BridgeCalls calls, Confinement confinement) {
    this.calls = calls;
    this.downloads = new FileDownloads(calls);
    this.uploads = new FileUploads(calls);
    this.hostFiles = new HostFiles(calls);
    this.confinement = confinement;
  }

  @Override
  public String readString(String path) {
    byte[] content = readAll("read", path);
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(content)).toString();
    } catch (CharacterCodingException e) {
      throw error(Code.DATA_LOSS, "read", path, "the content is no valid UTF-8");
    }
  }

  @Override
  public byte[] readBytes(String path) {
    return readAll("read", path);
  }

  private byte[] readAll(String operation, String path) {
    FileDownloads.Opened opened = downloads.read(operation, rawRequest(operation, path, 0, 0));
    try (InputStream in = opened.stream()) {
      // Files of /proc announce no size and have content all the same.
      byte[] content = new byte[0];
      if (opened.size() <= MAX_READ_BYTES) {
        content = in.readNBytes(MAX_READ_BYTES);
        if (in.read() < 0) {
          return content;
        }
      }
      throw error(
          Code.RESOURCE_EXHAUSTED,
          operation,
          path,
          "the file has more than " + MAX_READ_BYTES + " bytes; use open");
    } catch (IOException e) {
      throw unwrap(operation, path, e);
    }
  }

  @Override
  public InputStream open(String path, long offset, long length) {
    if (offset < 0 || length < 0) {
      throw SandboxException.invalid(
          "open", calls.subject(path), "offset and length must not be negative");
    }
    if (length == 0) {
      stat(path); // zero means all of it to the bridge; a missing file is still an error
      return InputStream.nullInputStream();
    }
    return downloads.read("open", rawRequest("open", path, offset, length)).stream();
  }

  private ReadRawRequest rawRequest(String operation, String path, long offset, long length) {
    ReadRawRequest.Builder request =
        ReadRawRequest.newBuilder()
            .setPath(confinement.path(operation, path))
            .setOffset(offset)
            .setLength(length == Long.MAX_VALUE ? 0 : length);
    confinement.root().ifPresent(request::setNoFollow);
    return request.build();
  }

  @Override
  public TextPage readLines(String path, LineRange range) {
    confinement.refuse("read lines", path);
    ReadFileRequest request =
        ReadFileRequest.newBuilder()
            .setPath(path)
            .setFirstLine(range.firstLine())
            .setMaxLines(range.maxLines())
            .setMaxBytes(range.maxBytes())
            .setMaxLineChars(range.maxLineChars())
            .build();
    return FileMessages.page(
        calls.unary("read lines", path, Effect.NONE, stub -> stub.readFile(request)), path);
  }

  @Override
  public FileInfo writeBytes(String path, byte[] content, WriteOptions options) {
    if (content.length > ONE_MESSAGE) {
      return write(path, new ByteArrayInputStream(content), options);
    }
    WriteFileRequest request =
        WriteFileRequest.newBuilder()
            .setPath(confinement.path("write", path))
            .setContent(UnsafeByteOperations.unsafeWrap(content)) // serialised before we return
            .setOptions(writeOptions(options))
            .build();
    return FileMessages.info(
        calls.quick("write", path, Effect.CHANGES, stub -> stub.writeFile(request)).getEntry(),
        path);
  }

  @Override
  public FileInfo write(String path, InputStream source, WriteOptions options) {
    WriteRawHeader header =
        WriteRawHeader.newBuilder()
            .setPath(confinement.path("write", path))
            .setOptions(writeOptions(options))
            .build();
    return FileMessages.info(uploads.write("write", header, source).getEntry(), path);
  }

  private dev.warren.bridge.v1.WriteOptions writeOptions(WriteOptions options) {
    dev.warren.bridge.v1.WriteOptions.Builder message = FileMessages.options(options);
    confinement.root().ifPresent(message::setNoFollow);
    return message.build();
  }

  @Override
  public FileInfo upload(Path source, String path, WriteOptions options) {
    try (InputStream in = hostFiles.open(source, path)) {
      return write(path, in, options);
    } catch (IOException e) {
      throw hostFiles.unreadable(path, e); // closing only
    }
  }

  @Override
  public void download(String path, Path target) {
    hostFiles.replace(
        target,
        path,
        () -> downloads.read("download", rawRequest("download", path, 0, 0)).stream());
  }

  @Override
  public List<FileInfo> list(String path) {
    List<FileInfo> all = new ArrayList<>();
    ListRequest request = ListRequest.of(path).pageSize(LIST_PAGE);
    while (true) {
      ListPage page = listPage(request);
      all.addAll(page.entries());
      if (all.size() > MAX_LISTED) {
        throw error(
            Code.RESOURCE_EXHAUSTED,
            "list",
            path,
            "the directory has more than " + MAX_LISTED + " entries; use listPage");
      }
      if (page.last()) {
        return List.copyOf(all);
      }
      request = request.after(page.nextCursor());
    }
  }

  @Override
  public ListPage listPage(ListRequest request) {
    ListDirRequest.Builder message =
        ListDirRequest.newBuilder()
            .setPath(confinement.path("list", request.path()))
            .setRecursive(request.recursive())
            .setPageSize(request.pageSize())
            .setCursor(request.cursor())
            .setCollapseThreshold(request.collapseThreshold());
    confinement.root().ifPresent(message::setNoFollow);
    ListDirResponse response =
        calls.unary("list", request.path(), Effect.NONE, stub -> stub.listDir(message.build()));
    return new ListPage(
        response.getEntriesList().stream().map(FileMessages::info).toList(),
        response.getNextCursor(),
        response.getUnreadableList());
  }

  @Override
  public FileInfo stat(String path) {
    return stat(path, true);
  }

  @Override
  public FileInfo statLink(String path) {
    return stat(path, false);
  }

  private FileInfo stat(String path, boolean follow) {
    StatRequest.Builder request =
        StatRequest.newBuilder().setPath(confinement.path("stat", path)).setFollow(follow);
    confinement.root().ifPresent(request::setNoFollow);
    return FileMessages.info(
        calls.quick("stat", path, Effect.NONE, stub -> stub.stat(request.build())).getEntry(),
        path);
  }

  @Override
  public boolean exists(String path) {
    try {
      statLink(path);
      return true;
    } catch (SandboxException e) {
      // Below a file there is nothing either.
      boolean absent = e.code() == Code.NOT_FOUND || e.reason().orElse("").equals("NOT_DIRECTORY");
      if (absent) {
        return false;
      }
      throw e;
    }
  }

  @Override
  public void makeDirectories(String path) {
    MkdirRequest.Builder request =
        MkdirRequest.newBuilder()
            .setPath(confinement.path("make directory", path))
            .setParents(true);
    confinement.root().ifPresent(request::setNoFollow);
    calls.quick("make directory", path, Effect.CHANGES, stub -> stub.mkdir(request.build()));
  }

  @Override
  public void rename(String from, String to, boolean replace) {
    RenameRequest.Builder request =
        RenameRequest.newBuilder()
            .setFrom(confinement.path("rename", from))
            .setTo(confinement.path("rename", to))
            .setReplace(replace)
            .setCreateParents(true);
    confinement.root().ifPresent(request::setNoFollow);
    calls.quick("rename", from, Effect.CHANGES, stub -> stub.rename(request.build()));
  }

  @Override
  public boolean delete(String path) {
    return delete(path, false);
  }

  @Override
  public boolean deleteRecursively(String path) {
    return delete(path, true);
  }

  private boolean delete(String path, boolean recursive) {
    DeleteFileRequest.Builder request =
        DeleteFileRequest.newBuilder()
            .setPath(confinement.path("delete", path))
            .setRecursive(recursive);
    confinement.root().ifPresent(request::setNoFollow);
    return calls
        .unary("delete", path, Effect.CHANGES, stub -> stub.deleteFile(request.build()))
        .getExisted();
  }

  @Override
  public InputStream exportTar(String path, Compression compression) {
    confinement.refuse("export", path);
    return downloads.export(
        "export",
        ExportRequest.newBuilder()
            .setPath(path)
            .setCompression(FileMessages.compression(compression))
            .build());
  }

  @Override
  public ArchiveSummary importTar(String path, InputStream source, ImportOptions options) {
    confinement.refuse("import", path);
    return FileMessages.summary(
        uploads.unpack("import", FileMessages.importHeader(path, options), source).getSummary());
  }

  @Override
  public SandboxFiles confinedTo(String directory) {
    return new BridgeFiles(calls, confinement.within(directory));
  }

  private SandboxException error(Code code, String operation, String path, String detail) {
    return SandboxException.of(code, operation, calls.subject(path)).detail(detail).build();
  }

  /** Streams wrap what a call failed with, since their methods throw IOExceptions. */
  private SandboxException unwrap(String operation, String path, IOException failure) {
    return failure.getCause() instanceof SandboxException cause
        ? cause
        : error(Code.INTERNAL, operation, path, "reading failed");
  }
}
