package dev.warren.docker.internal.snapshot;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.commons.compress.archivers.tar.TarConstants;
import org.apache.commons.compress.archivers.tar.TarFile;

/**
 * Several layers as one: what the upper ones replace, remove or hide is left out of the lower ones.
 * Entries are copied byte by byte, headers included, so that nothing of them is lost. For one
 * thread.
 */
final class LayerMerge {
  private static final String WHITEOUT = ".wh.";
  private static final String OPAQUE = ".wh..wh..opq";
  private static final int BLOCK = 512;

  /** What the layers so far have at a path, and whether it is a directory. */
  private final Map<String, Boolean> present = new HashMap<>();

  /** Removed, with all that is below. */
  private final Set<String> gone = new HashSet<>();

  /** Directories of which lower layers add nothing. */
  private final Set<String> opaque = new HashSet<>();

  private interface Part {
    InputStream open();
  }

  private record Entry(TarArchiveEntry header, String path, long from, long to) {
    String parent() {
      int slash = path.lastIndexOf('/');
      return slash < 0 ? "" : path.substring(0, slash);
    }

    String name() {
      return path.substring(path.lastIndexOf('/') + 1);
    }
  }

  private LayerMerge() {}

  /**
   * Merges layers.
   *
   * @param layers lowest first; they stay open
   * @return a tar; a layer that is alone is passed on as it is
   */
  static InputStream of(List<LayerFile> layers) throws IOException {
    if (layers.size() == 1) {
      return layers.get(0).read(0, layers.get(0).size());
    }
    LayerMerge merge = new LayerMerge();
    List<List<Part>> parts = new ArrayList<>();
    for (int i = layers.size() - 1; i >= 0; i--) {
      parts.add(0, merge.below(layers.get(i)));
    }
    List<InputStream> streams = new ArrayList<>();
    parts.forEach(layer -> layer.forEach(part -> streams.add(part.open())));
    streams.add(new ByteArrayInputStream(new byte[2 * BLOCK]));
    return new SequenceInputStream(Collections.enumeration(streams));
  }

  /** What is left of the next lower layer. */
  private List<Part> below(LayerFile layer) throws IOException {
    Pass pass = new Pass(layer);
    for (Entry entry : entries(layer)) {
      String name = entry.name();
      if (name.equals(OPAQUE)) {
        pass.opaque(entry);
      } else if (name.startsWith(WHITEOUT)) {
        pass.whiteout(entry, join(entry.parent(), name.substring(WHITEOUT.length())));
      } else {
        pass.content(entry);
      }
    }
    present.putAll(pass.added);
    gone.addAll(pass.removed);
    opaque.addAll(pass.closed);
    return pass.kept;
  }

  /** One layer. Its removals are about the layers below it, so they count when it is done. */
  private final class Pass {
    final LayerFile layer;
    final List<Part> kept = new ArrayList<>();
    final Map<String, Boolean> added = new HashMap<>();
    final Set<String> removed = new HashSet<>();
    final Set<String> closed = new HashSet<>();
    final Map<String, Entry> hidden = new HashMap<>();
    final Map<String, String> copies = new HashMap<>();

    Pass(LayerFile layer) {
      this.layer = layer;
    }

    void opaque(Entry entry) {
      String directory = entry.parent();
      boolean counts = !isHiddenBelow(directory) && !gone.contains(directory) && !isFile(directory);
      if (counts && !opaque.contains(directory)) {
        closed.add(directory);
        keep(entry);
      }
    }

    void whiteout(Entry entry, String target) throws IOException {
      if (isHidden(target)) {
        close(target);
      } else {
        removed.add(target);
        keep(entry);
      }
    }

    void content(Entry entry) throws IOException {
      String path = entry.path();
      if (!isHidden(path)) {
        added.put(path, entry.header().isDirectory());
        Entry lost =
            entry.header().isLink() ? hidden.get(clean(entry.header().getLinkName())) : null;
        if (lost == null) {
          keep(entry);
        } else {
          kept.add(copy(entry, lost));
        }
        return;
      }
      hidden.put(path, entry);
      if (!entry.header().isDirectory()) {
        close(path);
      }
    }

    private void keep(Entry entry) {
      kept.add(() -> layer.read(entry.from(), entry.to()));
    }

    /**
     * A directory above took the place of something else; without a mark, the image's directory of
     * that name would show through.
     */
    private void close(String path) throws IOException {
      if (Boolean.TRUE.equals(present.get(path))
          && !isHiddenBelow(path)
          && !opaque.contains(path)
          && closed.add(path)) {
        byte[] header = header(new TarArchiveEntry(join(path, OPAQUE), TarConstants.LF_NORMAL));
        kept.add(() -> new ByteArrayInputStream(header));
      }
    }

    /** A second name of a file whose first name lies hidden gets the content itself. */
    private Part copy(Entry link, Entry lost) throws IOException {
      String first = copies.putIfAbsent(lost.path(), link.path());
      TarArchiveEntry origin = lost.header();
      TarArchiveEntry copy =
          new TarArchiveEntry(
              link.path(), first == null ? TarConstants.LF_NORMAL : TarConstants.LF_LINK);
      copy.setMode(origin.getMode());
      copy.setUserId(origin.getLongUserId());
      copy.setGroupId(origin.getLongGroupId());
      copy.setLastModifiedTime(origin.getLastModifiedTime());
      origin.getExtraPaxHeaders().forEach(copy::addPaxHeader);
      if (first != null) {
        copy.setLinkName(first);
        byte[] header = header(copy);
        return () -> new ByteArrayInputStream(header);
      }
      copy.setSize(origin.getSize());
      byte[] header = header(copy);
      return () ->
          new SequenceInputStream(
              new ByteArrayInputStream(header), layer.read(origin.getDataOffset(), lost.to()));
    }
  }

  private boolean isHidden(String path) {
    return present.containsKey(path) || gone.contains(path) || isHiddenBelow(path);
  }

  private boolean isFile(String path) {
    return Boolean.FALSE.equals(present.get(path));
  }

  /** Whether a directory above the path is closed, removed, or no directory. */
  private boolean isHiddenBelow(String path) {
    for (int slash = path.lastIndexOf('/'); slash > 0; slash = path.lastIndexOf('/', slash - 1)) {
      String above = path.substring(0, slash);
      if (gone.contains(above) || opaque.contains(above) || isFile(above)) {
        return true;
      }
    }
    return opaque.contains("") && !path.isEmpty();
  }

  /** The entries with the bytes that belong to each, long names and attributes included. */
  private static List<Entry> entries(LayerFile layer) throws IOException {
    List<Entry> entries = new ArrayList<>();
    long from = 0;
    // Not closed: that would close the file.
    TarFile file = new TarFile(layer.channel(), BLOCK, BLOCK, "UTF-8", false);
    for (TarArchiveEntry header : file.getEntries()) {
      long size = (header.getSize() + BLOCK - 1) / BLOCK * BLOCK;
      long to = header.getDataOffset() + size;
      Entry entry = new Entry(header, clean(header.getName()), from, to);
      // Other marks are notes of one storage driver to itself.
      if (entry.name().equals(OPAQUE) || !entry.name().startsWith(WHITEOUT + WHITEOUT)) {
        entries.add(entry);
      }
      from = to;
    }
    return entries;
  }

  private static byte[] header(TarArchiveEntry entry) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    // Not closed: an end mark would follow.
    @SuppressWarnings("resource")
    TarArchiveOutputStream out = new TarArchiveOutputStream(bytes, BLOCK, "UTF-8");
    out.setLongFileMode(TarArchiveOutputStream.LONGFILE_POSIX);
    out.setBigNumberMode(TarArchiveOutputStream.BIGNUMBER_POSIX);
    out.setAddPaxHeadersForNonAsciiNames(true);
    out.putArchiveEntry(entry);
    out.flush();
    return bytes.toByteArray();
  }

  private static String join(String parent, String name) {
    return parent.isEmpty() ? name : parent + "/" + name;
  }

  private static String clean(String name) {
    String path = name;
    while (path.startsWith("./") || path.startsWith("/")) {
      path = path.substring(path.indexOf('/') + 1);
    }
    return path.endsWith("/") ? path.substring(0, path.length() - 1) : path;
  }
}
