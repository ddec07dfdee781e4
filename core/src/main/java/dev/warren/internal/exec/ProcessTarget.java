package dev.warren.internal.exec;

import dev.warren.SandboxException;
import dev.warren.SandboxException.Code;
import dev.warren.bridge.v1.ProcessInput;
import dev.warren.internal.connection.ConnectionSource;
import dev.warren.internal.connection.StatusMapper;
import io.grpc.Metadata;
import io.grpc.Status;

/**
 * Which process a session is about, and how to reach it. Immutable.
 *
 * @param first what opens the first stream
 * @param subject what errors name
 * @param journalBytes what the bridge keeps for a client that lags behind
 * @param attended whether somebody waits for all of it on this thread: then nothing is announced,
 *     and small output need not be acknowledged before the end
 */
record ProcessTarget(
    ConnectionSource source,
    String id,
    ProcessInput first,
    String operation,
    String subject,
    int journalBytes,
    boolean attended) {
  private static final int DEFAULT_JOURNAL = 1 << 20;

  ProcessTarget {
    journalBytes = journalBytes == 0 ? DEFAULT_JOURNAL : journalBytes;
  }

  SandboxException.Builder error(Code code, String detail) {
    return SandboxException.of(code, operation, subject).detail(detail);
  }

  SandboxException map(Status status, Metadata trailers) {
    return StatusMapper.map(operation, subject, status, trailers);
  }

  @Override
  public String toString() {
    return "ProcessTarget[" + id + "]";
  }
}
