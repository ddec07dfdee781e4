package dev.warren.docker.internal.snapshot;

import com.github.dockerjava.transport.DockerHttpClient.Request;
import dev.warren.SandboxException;
import dev.warren.SandboxException.Code;
import dev.warren.docker.internal.client.DockerEngine;
import dev.warren.docker.internal.client.DockerErrors;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPInputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The top layers of an image, out of the archive in which the engine saves it. The engine sends all
 * layers, in an order and under names that differ between its versions; a layer is known by the
 * digest of its content.
 */
final class SavedLayers {
  private static final Logger log = LoggerFactory.getLogger(SavedLayers.class);
  private static final int GZIP = 0x1f8b;

  private SavedLayers() {}

  /**
   * Reads layers; the caller closes them.
   *
   * @param layers the digests of all layers of the image, lowest first
   * @param from the first that is wanted
   */
  static List<Spool> read(
      DockerEngine engine,
      String operation,
      String subject,
      String image,
      List<String> layers,
      int from,
      Path directory) {
    Request request =
        Request.builder().method(Request.Method.GET).path("/images/" + image + "/get").build();
    List<String> wanted = layers.subList(from, layers.size());
    List<String> below = layers.subList(0, from);
    Map<String, Spool> found = new HashMap<>();
    try {
      engine.exchange(
          operation,
          subject,
          ImageLoad.LONGEST,
          request,
          body -> {
            collect(body, wanted, below, directory, found);
            return true;
          });
      List<Spool> result = new ArrayList<>();
      for (String digest : wanted) {
        Spool layer = found.get(digest);
        if (layer == null) {
          throw SandboxException.of(Code.DATA_LOSS, operation, subject)
              .backend(DockerErrors.BACKEND)
              .detail("the engine left out a layer, or sent something else for it")
              .build();
        }
        result.add(layer);
      }
      return result;
    } catch (RuntimeException e) {
      closeAll(found.values());
      throw e;
    }
  }

  static void closeAll(Iterable<Spool> layers) {
    for (Spool layer : layers) {
      try {
        layer.close();
      } catch (IOException e) {
        // A file without a name; the process's end frees it.
        log.debug("a layer was not closed", e);
      }
    }
  }

  private static void collect(
      InputStream body,
      List<String> wanted,
      List<String> below,
      Path directory,
      Map<String, Spool> found)
      throws IOException {
    TarArchiveInputStream archive = new TarArchiveInputStream(body);
    @Nullable TarArchiveEntry entry = archive.getNextEntry();
    while (entry != null && !found.keySet().containsAll(wanted)) {
      if (entry.isFile() && !isNamedOtherwise(entry.getName(), wanted, below)) {
        Spool spool = Spool.of(directory, unpacked(archive), piece -> {});
        if (!wanted.contains(spool.digest()) || found.putIfAbsent(spool.digest(), spool) != null) {
          spool.close();
        }
      }
      entry = archive.getNextEntry();
    }
  }

  /** Newer engines name content by its digest, which spares reading the layers of the image. */
  private static boolean isNamedOtherwise(String name, List<String> wanted, List<String> below) {
    String digest = "sha256:" + name.substring(name.lastIndexOf('/') + 1);
    return name.endsWith(".json")
        || name.endsWith("/json")
        || name.endsWith("/VERSION")
        || (below.contains(digest) && !wanted.contains(digest));
  }

  private static InputStream unpacked(InputStream content) throws IOException {
    BufferedInputStream peeked = new BufferedInputStream(content);
    peeked.mark(2);
    int magic = peeked.read() << 8 | peeked.read();
    peeked.reset();
    return magic == GZIP ? new GZIPInputStream(peeked) : peeked;
  }
}
