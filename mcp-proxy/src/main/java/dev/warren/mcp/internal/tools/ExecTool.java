package dev.warren.mcp.internal.tools;

import dev.warren.ExecRequest;
import dev.warren.ExecResult;
import dev.warren.ExecResult.CapturedOutput;
import dev.warren.ProcessExit;
import dev.warren.Sandbox;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;

/** A command line. */
public final class ExecTool implements Tool {
  private static final long TIMEOUT_SECONDS = 30;
  private static final long MAX_TIMEOUT_SECONDS = 600;
  private static final int CAPTURE_BYTES = 1 << 20;

  @Override
  public String name() {
    return "exec";
  }

  @Override
  public String description() {
    return "Run a command line with /bin/sh and wait for its end. Long output is shortened.";
  }

  @Override
  public Map<String, Object> inputSchema() {
    return new InputSchema()
        .property("command", "string", "command line for /bin/sh -c")
        .property("work_dir", "string", "where it runs; /data when absent")
        .property("timeout_seconds", "integer", "1 to 600; 30 when absent")
        .requiring("command");
  }

  @Override
  public boolean readOnly() {
    return false;
  }

  @Override
  public Map<String, Object> call(Sandbox sandbox, ToolArguments arguments) throws ToolFailure {
    String command = arguments.filledText("command");
    long seconds = arguments.number("timeout_seconds", TIMEOUT_SECONDS);
    if (seconds < 1 || seconds > MAX_TIMEOUT_SECONDS) {
      throw new ToolFailure("timeout_seconds must be from 1 to " + MAX_TIMEOUT_SECONDS);
    }
    ExecRequest.Builder request =
        ExecRequest.shell(command).timeout(Duration.ofSeconds(seconds)).captureLimit(CAPTURE_BYTES);
    arguments.optionalText("work_dir").filter(dir -> !dir.isEmpty()).ifPresent(request::cwd);
    ExecResult result = sandbox.exec(request.build());
    Map<String, Object> answer = new LinkedHashMap<>();
    answer.put("stdout", pruned("stdout", result.stdoutCaptured()));
    answer.put("stderr", pruned("stderr", result.stderrCaptured()));
    answer.put("exit_code", result.exitCode());
    if (result.exit().cause() == ProcessExit.Cause.TIMED_OUT) {
      answer.put("timed_out", true);
    }
    if (result.exit().cause() == ProcessExit.Cause.OUT_OF_MEMORY) {
      answer.put("out_of_memory", true);
    }
    return answer;
  }

  private static String pruned(String label, CapturedOutput output) {
    return OutputPruning.prune(label, output.text(), output.totalBytes());
  }
}
