package dev.warren.mcp.internal.rpc;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** Rows 9, 11 and 54 of the matrix, in JVMs that have little memory or another encoding. */
class MemoryTest {

  @Test
  void answerOf60Megabytes_fitsInto256MegabytesOfHeap() throws Exception {
    assertThat(LimitedJvm.run(LimitedJvmProgram.class, "largeAnswer", "-Xmx256m")).endsWith("OK\n");
  }

  @Test
  void lineWithoutAnEnd_isReadInBoundedMemory() throws Exception {
    assertThat(LimitedJvm.run(LimitedJvmProgram.class, "endlessLine", "-Xmx24m", "-Dlimit=1048576"))
        .endsWith("OK\n");
  }

  @Test
  void lineInPiecesOfOneByte_takesNoMoreThanItsLength() throws Exception {
    assertThat(LimitedJvm.run(LimitedJvmProgram.class, "tinyPieces", "-Xmx40m")).endsWith("OK\n");
  }

  @Test
  void gigabyteOnStderr_isReadInBoundedMemory() throws Exception {
    assertThat(LimitedJvm.run(LimitedJvmProgram.class, "stderr", "-Xmx24m")).endsWith("OK\n");
  }

  @Test
  void floodOfLargeNotificationsAndRequests_isHeldInBoundedMemory() throws Exception {
    assertThat(LimitedJvm.run(LimitedJvmProgram.class, "notifications", "-Xmx80m"))
        .endsWith("OK\n");
  }

  @Test
  void fileEncoding_doesNotMatter() throws Exception {
    assertThat(LimitedJvm.run(LimitedJvmProgram.class, "encoding", "-Dfile.encoding=US-ASCII"))
        .endsWith("OK\n");
  }
}
