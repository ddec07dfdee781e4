package dev.warren.docker.internal.task;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.github.dockerjava.transport.DockerHttpClient.Response;
import java.io.ByteArrayInputStream;
import java.io.EOFException;
import java.io.InputStream;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class FramedLogTest {
  private static FramedLog of(int... bytes) {
    byte[] body = new byte[bytes.length];
    for (int i = 0; i < bytes.length; i++) {
      body[i] = (byte) bytes[i];
    }
    return new FramedLog(new Canned(new ByteArrayInputStream(body)));
  }

  private record Canned(InputStream body) implements Response {
    @Override
    public int getStatusCode() {
      return 200;
    }

    @Override
    public Map<String, List<String>> getHeaders() {
      return Map.of();
    }

    @Override
    public InputStream getBody() {
      return body;
    }

    @Override
    public void close() {}
  }

  @Test
  void read_piecesOfBothStreams_areJoinedInOrder() throws Exception {
    try (FramedLog log =
        of(1, 0, 0, 0, 0, 0, 0, 2, 'a', 255, 2, 0, 0, 0, 0, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 1, 'b')) {
      assertThat(log.readAllBytes()).containsExactly('a', 255, 'b');
    }
  }

  @Test
  void read_nothing_isEmpty() throws Exception {
    try (FramedLog log = of()) {
      assertThat(log.read()).isEqualTo(-1);
    }
  }

  @Test
  void read_cutOff_isAnErrorAndNotTheEnd() throws Exception {
    try (FramedLog header = of(1, 0, 0);
        FramedLog piece = of(1, 0, 0, 0, 0, 0, 0, 5, 'a')) {
      assertThatThrownBy(header::readAllBytes).isInstanceOf(EOFException.class);
      assertThatThrownBy(piece::readAllBytes).isInstanceOf(EOFException.class);
    }
  }
}
