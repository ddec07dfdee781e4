package dev.warren.mcp.channel.host;

import dev.warren.SandboxException;
import dev.warren.SandboxException.Code;
import dev.warren.mcp.channel.StdioChannel;
import dev.warren.mcp.internal.thread.DaemonThreads;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A process of this host. Three threads: one for each of its output streams, and one that waits for
 * its end. A descendant that holds an output stream open keeps that stream's thread until it ends,
 * but not the channel.
 */
final class HostChannel implements StdioChannel {
  /** The JDK tells the kernel's error in its message only, and in two forms: 17's and 25's. */
  private static final Pattern ERRNO = Pattern.compile("error[=:] ?(\\d+)");

  private static final String NO_SUCH_FILE = "2";
  private static final String NO_PERMISSION = "13";
  private static final int CHUNK = 64 << 10;
  private static final long HELD_OUTPUT_MILLIS = 1_000;
  private static final long EXIT_FOLLOWS_MILLIS = 250;
  private static final int FIRST_SIGNAL_CODE = 128;

  private final String name;
  private final Process process;
  private final OutputStream stdin;
  private final OrderedReceiver receiver;

  private HostChannel(String name, Process process, Receiver receiver) {
    this.name = name;
    this.process = process;
    this.stdin = process.getOutputStream();
    this.receiver = new OrderedReceiver(receiver);
  }

  /**
   * @throws SandboxException {@code NOT_FOUND}, {@code PERMISSION_DENIED}, {@code
   *     RESOURCE_EXHAUSTED}
   */
  public static HostChannel start(
      List<String> command, Map<String, String> env, Optional<Path> directory, Receiver receiver) {
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().clear();
    builder.environment().putAll(env);
    directory.ifPresent(path -> builder.directory(path.toFile()));
    String name = command.get(0);
    Process process;
    try {
      process = builder.start();
    } catch (IOException e) {
      throw notStarted(name, directory, e);
    }
    HostChannel channel = new HostChannel(name, process, receiver);
    channel.begin();
    return channel;
  }

  private void begin() {
    Thread out = daemon("stdout", this::pumpStdout);
    Thread err = daemon("stderr", () -> pump(process.getErrorStream(), receiver::stderr));
    daemon("exit", () -> awaitEnd(out, err));
  }

  private Thread daemon(String role, Runnable work) {
    Thread thread = DaemonThreads.create("warren-mcp-" + role + "-" + process.pid(), work);
    thread.start();
    return thread;
  }

  private void pumpStdout() {
    pump(process.getInputStream(), receiver::stdout);
    try {
      if (!process.waitFor(EXIT_FOLLOWS_MILLIS, TimeUnit.MILLISECONDS)) {
        receiver.stdoutClosed();
      }
    } catch (InterruptedException e) {
      throw new IllegalStateException("nobody interrupts this thread", e);
    }
  }

  private static void pump(InputStream from, Consumer<byte[]> to) {
    byte[] buffer = new byte[CHUNK];
    try {
      for (int count = from.read(buffer); count >= 0; count = from.read(buffer)) {
        to.accept(Arrays.copyOf(buffer, count));
      }
    } catch (IOException e) {
      // Closed under us because the process has ended: the end of the stream as any other.
    }
  }

  private void awaitEnd(Thread out, Thread err) {
    try {
      int code = process.waitFor();
      // What it wrote is complete when its reader ends; one that stands still without that has an
      // empty pipe, which some descendant holds.
      long before;
      do {
        before = receiver.progress();
        out.join(HELD_OUTPUT_MILLIS);
      } while (out.isAlive() && (receiver.isBusy() || receiver.progress() != before));
      err.join(HELD_OUTPUT_MILLIS);
      int signal = code > FIRST_SIGNAL_CODE ? code - FIRST_SIGNAL_CODE : 0;
      receiver.ended(code, signal);
    } catch (InterruptedException e) {
      throw new IllegalStateException("nobody interrupts this thread", e);
    }
  }

  @Override
  public void write(byte[] bytes, int offset, int length) throws IOException {
    stdin.write(bytes, offset, length);
    stdin.flush();
  }

  @Override
  public void closeInput() {
    try {
      stdin.close();
    } catch (IOException e) {
      // It does not read any more, which is all that was wanted.
    }
  }

  @Override
  public void terminate() {
    tree().forEach(ProcessHandle::destroy);
  }

  @Override
  public void kill() {
    tree().forEach(ProcessHandle::destroyForcibly);
  }

  /**
   * The process and its descendants. Signals go to handles, because those of {@link Process} also
   * close the streams: what the process has yet to say would be lost, and a blocked write waited
   * for.
   */
  private List<ProcessHandle> tree() {
    try (Stream<ProcessHandle> below = process.descendants()) {
      return Stream.concat(Stream.of(process.toHandle()), below).toList();
    }
  }

  @Override
  public String toString() {
    return name + " on this host";
  }

  private static SandboxException notStarted(
      String name, Optional<Path> directory, IOException cause) {
    Matcher errno = ERRNO.matcher(String.valueOf(cause.getMessage()));
    String number = errno.find() ? errno.group(1) : "";
    SandboxException.Builder error;
    if (directory.isPresent() && !Files.isDirectory(directory.get())) {
      error = error(Code.NOT_FOUND, name).detail("its directory does not exist");
    } else if (number.equals(NO_SUCH_FILE)) {
      error = error(Code.NOT_FOUND, name).detail("there is no such command on this host");
    } else if (number.equals(NO_PERMISSION)) {
      error = error(Code.PERMISSION_DENIED, name).detail("it cannot be executed");
    } else {
      error = error(Code.RESOURCE_EXHAUSTED, name).detail("this host cannot start a process");
    }
    return error.cause(cause).build();
  }

  private static SandboxException.Builder error(Code code, String name) {
    return SandboxException.of(code, "start MCP server", "'" + name + "'");
  }
}
