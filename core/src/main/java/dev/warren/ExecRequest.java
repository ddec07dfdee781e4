package dev.warren;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What to run in a sandbox, and how. Made with {@link #of}, {@link #shell} or {@link #builder}.
 *
 * @param argv the command and its arguments; no shell is involved
 * @param env set for the command, after {@code unsetEnv}
 * @param cleanEnv start from PATH, HOME and TERM only
 * @param unsetEnv names to remove first; a trailing {@code *} matches any rest
 * @param cwd empty: {@code /data}
 * @param user name or uid, optionally {@code :group}; empty: the sandbox's own
 * @param pty a terminal; its output is all on stdout
 * @param stdin fed to the command, which then reads end of file; empty: {@code /dev/null} for
 *     {@code exec}, an open pipe for {@code start}
 * @param timeout after it the whole process tree is ended; empty: none
 * @param killGrace time between SIGTERM and SIGKILL on timeout and cancel
 * @param captureLimit bytes of each output stream that {@code exec} returns: the first and the last
 *     half of it
 * @param kept lives on while nobody is attached, until it is stopped
 * @param name shown in listings
 * @param output how its output is framed and kept
 */
public record ExecRequest(
    List<String> argv,
    Map<String, String> env,
    boolean cleanEnv,
    List<String> unsetEnv,
    Optional<String> cwd,
    Optional<String> user,
    Optional<Pty> pty,
    Optional<byte[]> stdin,
    Optional<Duration> timeout,
    Duration killGrace,
    int captureLimit,
    boolean kept,
    String name,
    OutputMode output) {

  /** 60 seconds. */
  public static final Duration DEFAULT_TIMEOUT = Duration.ofSeconds(60);

  /** 1 MiB. */
  public static final int DEFAULT_CAPTURE_LIMIT = 1 << 20;

  /**
   * @throws SandboxException {@code INVALID_ARGUMENT}
   */
  public ExecRequest {
    argv = List.copyOf(argv);
    env = Map.copyOf(env);
    unsetEnv = List.copyOf(unsetEnv);
    require(!argv.isEmpty() && !argv.get(0).isEmpty(), "the command is empty");
    require(argv.stream().noneMatch(word -> word.indexOf('\0') >= 0), "an argument has a NUL");
    env.forEach(
        (key, value) -> {
          boolean clean = !key.isEmpty() && key.indexOf('=') < 0 && key.indexOf('\0') < 0;
          require(clean && value.indexOf('\0') < 0, "an environment variable is malformed");
        });
    timeout.ifPresent(
        value ->
            require(
                value.toMillis() > 0 && value.compareTo(Duration.ofDays(365)) < 0,
                "the timeout must be from 1 ms to a year"));
    require(!killGrace.isNegative(), "the kill grace is negative");
    require(captureLimit >= 0 && captureLimit <= 256 << 20, "captureLimit is 0 to 256 MiB");
  }

  /** A command with its arguments, and defaults for the rest. */
  public static ExecRequest of(String... argv) {
    return builder(argv).build();
  }

  /** A command line for {@code /bin/sh -c}. */
  public static Builder shell(String commandLine) {
    return builder("/bin/sh", "-c", commandLine);
  }

  public static Builder builder(String... argv) {
    return new Builder(List.of(argv));
  }

  public static Builder builder(List<String> argv) {
    return new Builder(argv);
  }

  /** The command only: arguments and environment may hold secrets. */
  @Override
  public String toString() {
    return "ExecRequest[" + argv.get(0) + "]";
  }

  private static void require(boolean condition, String detail) {
    if (!condition) {
      throw SandboxException.invalid("check command", "", detail);
    }
  }

  /** Size and kind of a terminal. */
  public record Pty(int columns, int rows, String term) {
    /** An xterm of 80 by 24. */
    public static Pty defaults() {
      return new Pty(80, 24, "xterm-256color");
    }
  }

  /**
   * How output is framed and kept.
   *
   * @param lines stdout is delivered in whole lines
   * @param maxLineBytes longer lines are reported instead of delivered; 0: 16 MiB
   * @param journalBytes kept for a client that is slow or away; 0: 1 MiB
   * @param dropOldest when that is full and nobody is attached, drop the oldest and report a gap,
   *     instead of making the process wait
   */
  public record OutputMode(boolean lines, int maxLineBytes, int journalBytes, boolean dropOldest) {
    /** Bytes; a full journal makes the process wait. */
    public static OutputMode bytes() {
      return new OutputMode(false, 0, 0, false);
    }

    /** Whole lines of stdout; a full journal makes the process wait, stderr drops the oldest. */
    public static OutputMode lines(int maxLineBytes) {
      return new OutputMode(true, maxLineBytes, 0, false);
    }

    public OutputMode droppingOldest() {
      return new OutputMode(lines, maxLineBytes, journalBytes, true);
    }

    public OutputMode journal(int bytes) {
      return new OutputMode(lines, maxLineBytes, bytes, dropOldest);
    }
  }

  /** Collects a request. Not thread-safe. */
  public static final class Builder {
    private final List<String> argv;
    private final Map<String, String> env = new LinkedHashMap<>();
    private final List<String> unsetEnv = new ArrayList<>();
    private boolean cleanEnv;
    private Optional<String> cwd = Optional.empty();
    private Optional<String> user = Optional.empty();
    private Optional<Pty> pty = Optional.empty();
    private Optional<byte[]> stdin = Optional.empty();
    private Optional<Duration> timeout = Optional.of(DEFAULT_TIMEOUT);
    private Duration killGrace = Duration.ZERO;
    private int captureLimit = DEFAULT_CAPTURE_LIMIT;
    private boolean kept;
    private String name = "";
    private OutputMode output = OutputMode.bytes();

    private Builder(List<String> argv) {
      this.argv = argv;
    }

    public Builder env(String key, String value) {
      env.put(key, value);
      return this;
    }

    public Builder env(Map<String, String> values) {
      env.putAll(values);
      return this;
    }

    public Builder unsetEnv(String... names) {
      unsetEnv.addAll(List.of(names));
      return this;
    }

    public Builder cleanEnv() {
      cleanEnv = true;
      return this;
    }

    public Builder cwd(String path) {
      cwd = Optional.of(path);
      return this;
    }

    public Builder user(String value) {
      user = Optional.of(value);
      return this;
    }

    public Builder pty(Pty value) {
      pty = Optional.of(value);
      return this;
    }

    public Builder stdin(String text) {
      return stdin(text.getBytes(StandardCharsets.UTF_8));
    }

    public Builder stdin(byte[] bytes) {
      stdin = Optional.of(bytes.clone());
      return this;
    }

    public Builder timeout(Duration value) {
      timeout = Optional.of(value);
      return this;
    }

    /** The command may run for ever. */
    public Builder noTimeout() {
      timeout = Optional.empty();
      return this;
    }

    public Builder killGrace(Duration value) {
      killGrace = value;
      return this;
    }

    public Builder captureLimit(int bytes) {
      captureLimit = bytes;
      return this;
    }

    /** Lives on while nobody is attached; without a timeout unless one is set afterwards. */
    public Builder kept(String processName) {
      kept = true;
      name = processName;
      timeout = Optional.empty();
      return this;
    }

    public Builder output(OutputMode value) {
      output = value;
      return this;
    }

    /**
     * @throws SandboxException {@code INVALID_ARGUMENT}
     */
    public ExecRequest build() {
      return new ExecRequest(
          argv,
          env,
          cleanEnv,
          unsetEnv,
          cwd,
          user,
          pty,
          stdin,
          timeout,
          killGrace,
          captureLimit,
          kept,
          name,
          output);
    }
  }
}
