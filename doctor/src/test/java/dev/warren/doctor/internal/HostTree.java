package dev.warren.doctor.internal;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.zip.GZIPOutputStream;

/** A host of a test: files below a directory, and programs that print what the test says. */
final class HostTree {
  private final Path root;
  private final Map<String, String> outputs = new ConcurrentHashMap<>();

  HostTree(Path root) {
    this.root = root;
  }

  Host host() {
    return new Host(
        root,
        (command, directory) ->
            Optional.ofNullable(outputs.get(Path.of(command.get(0)).getFileName().toString())));
  }

  Path path(String path) {
    return root.resolve(path.substring(1));
  }

  HostTree file(String path, String... lines) throws IOException {
    Files.createDirectories(path(path).getParent());
    Files.writeString(path(path), String.join("\n", lines) + "\n");
    return this;
  }

  HostTree compressed(String path, String... lines) throws IOException {
    Files.createDirectories(path(path).getParent());
    try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(path(path)))) {
      out.write((String.join("\n", lines) + "\n").getBytes(StandardCharsets.UTF_8));
    }
    return this;
  }

  HostTree kernel(String release) throws IOException {
    return file("/proc/sys/kernel/osrelease", release);
  }

  /** A program that is there, and what it prints; without output it fails. */
  HostTree program(String path, String... output) throws IOException {
    file(path, "#!");
    path(path).toFile().setExecutable(true);
    if (output.length > 0) {
      outputs.put(Path.of(path).getFileName().toString(), String.join("\n", output) + "\n");
    }
    return this;
  }

  /** A package that dpkg has installed, with its files. */
  HostTree dpkg(String name, String version, String... files) throws IOException {
    FileView status = host().read("/var/lib/dpkg/status");
    file(
        "/var/lib/dpkg/status",
        status.text()
            + String.join(
                "\n",
                List.of(
                    "Package: " + name,
                    "Status: install ok installed",
                    "Version: " + version,
                    "")));
    return file("/var/lib/dpkg/info/" + name + ".list", files);
  }
}
