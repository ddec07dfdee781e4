package dev.warren;

import java.nio.charset.StandardCharsets;

/**
 * What a command did: how it ended and what it wrote. A result exists only when the end of the
 * process is known; a lost connection is an exception, never a success.
 */
public final class ExecResult {
  private final ProcessExit exit;
  private final CapturedOutput stdout;
  private final CapturedOutput stderr;

  public ExecResult(ProcessExit exit, CapturedOutput stdout, CapturedOutput stderr) {
    this.exit = exit;
    this.stdout = stdout;
    this.stderr = stderr;
  }

  /** How it ended. */
  public ProcessExit exit() {
    return exit;
  }

  /** The exit code, or 128 + signal. */
  public int exitCode() {
    return exit.code();
  }

  /** Whether it exited by itself with code 0. */
  public boolean success() {
    return exit.success();
  }

  /** Stdout as UTF-8, invalid bytes replaced; cut in the middle when it was over the limit. */
  public String stdout() {
    return stdout.text();
  }

  /** Stderr as UTF-8, invalid bytes replaced; cut in the middle when it was over the limit. */
  public String stderr() {
    return stderr.text();
  }

  public CapturedOutput stdoutCaptured() {
    return stdout;
  }

  public CapturedOutput stderrCaptured() {
    return stderr;
  }

  /**
   * This result, when it is a success.
   *
   * @throws SandboxException {@code TIMEOUT}, {@code RESOURCE_EXHAUSTED} (out of memory), {@code
   *     CANCELLED}, else {@code CONFLICT}, with the end of stderr
   */
  public ExecResult orThrow() {
    if (success()) {
      return this;
    }
    SandboxException.Code code =
        switch (exit.cause()) {
          case TIMED_OUT -> SandboxException.Code.TIMEOUT;
          case OUT_OF_MEMORY -> SandboxException.Code.RESOURCE_EXHAUSTED;
          case CANCELLED, ABANDONED -> SandboxException.Code.CANCELLED;
          case EXITED, SIGNALLED -> SandboxException.Code.CONFLICT;
        };
    String tail = exit.stderrTail().isBlank() ? "" : ": " + exit.stderrTail().strip();
    throw SandboxException.of(code, "exec", "")
        .detail("the command ended with " + exit + tail)
        .build();
  }

  @Override
  public String toString() {
    return "ExecResult[" + exit + "]";
  }

  /**
   * What was kept of one output stream.
   *
   * @param head the first bytes
   * @param tail the last bytes, when something between was dropped; else empty
   * @param totalBytes written by the process
   */
  @SuppressWarnings("ArrayRecordComponent") // large, and compared by nobody
  public record CapturedOutput(byte[] head, byte[] tail, long totalBytes) {

    /** Bytes that were written but not kept. */
    public long droppedBytes() {
      return totalBytes - head.length - tail.length;
    }

    public boolean truncated() {
      return droppedBytes() > 0;
    }

    /** As UTF-8, with a note in the middle where bytes were dropped; characters are never split. */
    public String text() {
      String text = decode(head, 0, truncated() ? wholeCharacters(head) : head.length);
      if (!truncated()) {
        return text + decode(tail, 0, tail.length);
      }
      int start = 0;
      while (start < tail.length && start < 4 && (tail[start] & 0xC0) == 0x80) {
        start++;
      }
      return text
          + "\n[… "
          + droppedBytes()
          + " bytes dropped …]\n"
          + decode(tail, start, tail.length - start);
    }

    private static String decode(byte[] bytes, int from, int length) {
      return new String(bytes, from, length, StandardCharsets.UTF_8);
    }

    /** The length without a character that the end cuts. */
    private static int wholeCharacters(byte[] bytes) {
      int start = bytes.length;
      while (start > 0 && bytes.length - start < 4) {
        start--;
        int lead = bytes[start] & 0xFF;
        if ((lead & 0xC0) != 0x80) {
          int needed = lead < 0x80 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
          return bytes.length - start >= needed ? bytes.length : start;
        }
      }
      return bytes.length;
    }
  }
}
