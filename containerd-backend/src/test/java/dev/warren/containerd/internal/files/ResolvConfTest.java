package dev.warren.containerd.internal.files;

import static org.assertj.core.api.Assertions.assertThat;

import dev.warren.Network;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ResolvConfTest {
  @TempDir Path directory;

  private String text(String first, String second, List<String> asked, Network network)
      throws IOException {
    Path one = Files.writeString(directory.resolve("one"), first);
    Path two = Files.writeString(directory.resolve("two"), second);
    String text = ResolvConf.from(one, two).text(asked, network);
    return text.substring(text.indexOf('\n') + 1);
  }

  @Test
  void askedOnesWin() throws IOException {
    assertThat(
            text("nameserver 192.0.2.1", "", List.of("192.0.2.7", "2001:db8::7"), Network.none()))
        .isEqualTo("nameserver 192.0.2.7\nnameserver 2001:db8::7\n");
  }

  @Test
  void hostsOwnLoopbackIsLeftOut() throws IOException {
    String local = "nameserver 127.0.0.53\nnameserver ::1\nsearch example.org\n";
    String real = "nameserver 192.0.2.1\nnameserver fe80::1%eth0\noptions edns0\n";
    assertThat(text(local, real, List.of(), Network.egress()))
        .isEqualTo("nameserver 192.0.2.1\noptions edns0\n");
    assertThat(text(local, local, List.of(), Network.egress())).isEmpty();
    assertThat(ResolvConf.from(directory.resolve("absent")).text(List.of(), Network.egress()))
        .startsWith("#");
  }

  @Test
  void withoutAWayOutThereAreNone() throws IOException {
    assertThat(text("nameserver 192.0.2.1", "", List.of(), Network.isolated())).isEmpty();
  }
}
