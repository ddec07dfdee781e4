package dev.warren.containerd.internal.network;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.warren.containerd.internal.network.CniFault.Kind;
import dev.warren.containerd.internal.oci.Json;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;

/** Runs CNI plugins: JSON in, JSON out, as the specification has it. Thread-safe. */
final class CniPlugins {
  private static final int OUTPUT_LIMIT = 1 << 20;
  private static final String SEARCH_PATH =
      "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

  private final List<Path> directories;
  private final Duration timeout;
  private final Executor readers;

  CniPlugins(List<Path> directories, Duration timeout, Executor readers) {
    this.directories = directories;
    this.timeout = timeout;
    this.readers = readers;
  }

  /** Why plugins could not be run; empty when these are all there. */
  String missing(List<String> types) {
    if (directories.stream().noneMatch(Files::isDirectory)) {
      return "there is no directory of CNI plugins";
    }
    return types.stream()
        .filter(type -> directories.stream().noneMatch(dir -> isProgram(dir, type)))
        .map(type -> "the CNI plugin '" + type + "' is not installed")
        .findFirst()
        .orElse("");
  }

  private static boolean isProgram(Path directory, String type) {
    Path program = directory.resolve(type);
    return Files.isRegularFile(program) && Files.isExecutable(program);
  }

  /** Runs one plugin and answers what it wrote; a missing node for commands without a result. */
  JsonNode run(String type, String command, Attachment.Place place, ObjectNode config)
      throws CniFault {
    String missing = type.contains("/") ? "a CNI plugin has a bad name" : missing(List.of(type));
    if (!missing.isEmpty()) {
      throw new CniFault(Kind.MISSING, missing, null);
    }
    Path program =
        directories.stream()
            .map(directory -> directory.resolve(type))
            .filter(Files::isExecutable)
            .findFirst()
            .orElseThrow();
    ProcessBuilder builder = new ProcessBuilder(program.toString());
    builder.redirectError(ProcessBuilder.Redirect.DISCARD);
    Map<String, String> env = builder.environment();
    env.clear();
    env.put("CNI_COMMAND", command);
    env.put("CNI_CONTAINERID", place.containerId());
    env.put("CNI_NETNS", place.namespace());
    env.put("CNI_IFNAME", place.interfaceName());
    env.put("CNI_PATH", directories.stream().map(Path::toString).collect(Collectors.joining(":")));
    env.put("PATH", SEARCH_PATH);
    try {
      return talk(type, builder.start(), Json.bytes(config).toByteArray());
    } catch (IOException e) {
      throw new CniFault(Kind.BROKEN, "the CNI plugin '" + type + "' cannot be run", e);
    }
  }

  private JsonNode talk(String type, Process process, byte[] input) throws CniFault {
    boolean ended = false;
    try {
      CompletableFuture<byte[]> output =
          CompletableFuture.supplyAsync(() -> readAll(process.getInputStream()), readers);
      write(process, input);
      if (!process.waitFor(timeout.toMillis(), TimeUnit.MILLISECONDS)) {
        throw new CniFault(
            Kind.TIMEOUT,
            "the CNI plugin '" + type + "' did not end within " + timeout.toSeconds() + " s",
            null);
      }
      ended = true;
      // A grandchild may hold the pipe; what the plugin itself wrote is there by now.
      return answer(type, process.exitValue(), output.get(5, TimeUnit.SECONDS));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CniFault(Kind.INTERRUPTED, "the wait for a CNI plugin was interrupted", e);
    } catch (ExecutionException | TimeoutException e) {
      throw new CniFault(Kind.BROKEN, "the CNI plugin '" + type + "' left its output open", e);
    } finally {
      if (!ended) {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
      }
    }
  }

  private static void write(Process process, byte[] input) {
    try (OutputStream stdin = process.getOutputStream()) {
      stdin.write(input);
    } catch (IOException e) {
      // It ended without reading; its exit status says more.
    }
  }

  private static byte[] readAll(InputStream stream) {
    try (stream) {
      byte[] bytes = stream.readNBytes(OUTPUT_LIMIT);
      stream.skip(Long.MAX_VALUE);
      return bytes;
    } catch (IOException e) {
      return new byte[0];
    }
  }

  private static JsonNode answer(String type, int status, byte[] output) throws CniFault {
    JsonNode node;
    try {
      node = Json.MAPPER.readTree(output);
    } catch (JsonProcessingException e) {
      node = Json.MAPPER.missingNode();
    } catch (IOException e) {
      throw new CniFault(Kind.BROKEN, "the CNI plugin '" + type + "' wrote no JSON", e);
    }
    if (status == 0) {
      if (node.isMissingNode() && !new String(output, StandardCharsets.UTF_8).isBlank()) {
        throw new CniFault(Kind.BROKEN, "the CNI plugin '" + type + "' wrote no JSON", null);
      }
      return node;
    }
    if (node.path("msg").isTextual()) {
      String details = node.path("details").asText("");
      throw CniFault.reported(
          type, node.path("msg").asText() + (details.isEmpty() ? "" : ": " + details));
    }
    throw new CniFault(
        Kind.BROKEN,
        status > 128
            ? "the CNI plugin '" + type + "' was killed by signal " + (status - 128)
            : "the CNI plugin '" + type + "' failed with status " + status + " and no reason",
        null);
  }
}
