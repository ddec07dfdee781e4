package dev.warren.process;

import dev.warren.Mount;
import dev.warren.spi.ContainerInfo;
import dev.warren.spi.ContainerSpec;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;

/**
 * What is kept of a container: the parts of its spec that this runtime uses.
 *
 * @param binds target in the sandbox to path of the host
 */
record ContainerRecord(
    String id,
    String image,
    Instant created,
    List<String> command,
    Map<String, String> env,
    Map<String, String> labels,
    Map<String, String> binds) {

  static ContainerRecord of(ContainerSpec spec) {
    Map<String, String> binds = new LinkedHashMap<>();
    for (Mount mount : spec.mounts()) {
      if (mount instanceof Mount.Bind bind) {
        binds.put(bind.target(), bind.source().toString());
      }
    }
    return new ContainerRecord(
        spec.id(),
        spec.image().toString(),
        Instant.now(),
        spec.command(),
        spec.env(),
        spec.labels(),
        binds);
  }

  ContainerInfo info() {
    return new ContainerInfo(id, image, labels, created);
  }

  Properties toProperties() {
    Properties properties = new Properties();
    properties.setProperty("id", id);
    properties.setProperty("image", image);
    properties.setProperty("created", created.toString());
    for (int i = 0; i < command.size(); i++) {
      properties.setProperty("command." + i, command.get(i));
    }
    env.forEach((key, value) -> properties.setProperty("env." + key, value));
    labels.forEach((key, value) -> properties.setProperty("label." + key, value));
    binds.forEach((key, value) -> properties.setProperty("bind." + key, value));
    return properties;
  }

  static ContainerRecord from(Properties properties) {
    List<String> command = new ArrayList<>();
    for (String word; (word = properties.getProperty("command." + command.size())) != null; ) {
      command.add(word);
    }
    return new ContainerRecord(
        properties.getProperty("id"),
        properties.getProperty("image"),
        Instant.parse(properties.getProperty("created")),
        List.copyOf(command),
        below(properties, "env."),
        below(properties, "label."),
        below(properties, "bind."));
  }

  /** A path of the sandbox as this host knows it: below a bind or {@code /data}, else unchanged. */
  String hostPath(String path, Path data) {
    for (Map.Entry<String, String> bind : binds.entrySet()) {
      if (path.equals(bind.getKey()) || path.startsWith(bind.getKey() + "/")) {
        return bind.getValue() + path.substring(bind.getKey().length());
      }
    }
    if (path.equals("/data") || path.startsWith("/data/")) {
      return data + path.substring("/data".length());
    }
    return path;
  }

  private static Map<String, String> below(Properties properties, String prefix) {
    Map<String, String> result = new LinkedHashMap<>();
    for (String name : properties.stringPropertyNames()) {
      if (name.startsWith(prefix)) {
        result.put(name.substring(prefix.length()), properties.getProperty(name));
      }
    }
    return result;
  }
}
