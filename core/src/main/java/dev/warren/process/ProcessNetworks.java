package dev.warren.process;

import dev.warren.SandboxException;
import dev.warren.SandboxException.Code;
import dev.warren.spi.Networks;
import dev.warren.spi.TaskInfo;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * There is one network, the host's; a bridge listens on loopback at a port of the kernel's choice.
 */
final class ProcessNetworks implements Networks {
  private static final Pattern LISTEN =
      Pattern.compile("\"listen\":\"tcp:127\\.0\\.0\\.1:(\\d+)\"");

  private final ContainerStore store;
  private final ProcessTasks tasks;
  private final Runnable ensureOpen;

  ProcessNetworks(ContainerStore store, ProcessTasks tasks, Runnable ensureOpen) {
    this.store = store;
    this.tasks = tasks;
    this.ensureOpen = ensureOpen;
  }

  @Override
  public Optional<InetAddress> setUp(String id) {
    requireRunning("set up network of", id);
    return Optional.of(InetAddress.getLoopbackAddress());
  }

  /** The port is the one that the sandbox's bridge announced in its first line of output. */
  @Override
  public InetSocketAddress endpoint(String id, int port) {
    requireRunning("find endpoint of", id);
    try (BufferedReader lines =
        new BufferedReader(new InputStreamReader(tasks.logs(id), StandardCharsets.UTF_8))) {
      for (String line; (line = lines.readLine()) != null; ) {
        Matcher listen = LISTEN.matcher(line);
        if (listen.find()) {
          return new InetSocketAddress(
              InetAddress.getLoopbackAddress(), Integer.parseInt(listen.group(1)));
        }
      }
    } catch (IOException e) {
      throw ContainerStore.failed("find endpoint of", id, e);
    }
    throw SandboxException.of(Code.UNAVAILABLE, "find endpoint of", id)
        .backend(ProcessRuntime.NAME)
        .detail("its bridge has not announced a port")
        .build();
  }

  @Override
  public void remove(String id) {
    ensureOpen.run();
  }

  @Override
  public Optional<String> check(String id) {
    requireRunning("check network of", id);
    return Optional.empty();
  }

  private void requireRunning(String operation, String id) {
    ensureOpen.run();
    store.require(operation, id);
    TaskInfo task =
        tasks
            .get(id)
            .orElseThrow(
                () ->
                    SandboxException.of(Code.NOT_FOUND, operation, id)
                        .backend(ProcessRuntime.NAME)
                        .detail("it never ran")
                        .build());
    if (!task.running()) {
      throw SandboxException.of(Code.CONFLICT, operation, id)
          .backend(ProcessRuntime.NAME)
          .detail("it does not run")
          .build();
    }
  }
}
