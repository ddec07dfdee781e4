package dev.warren.containerd;

import static dev.warren.containerd.ContainersIT.assertCode;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import dev.warren.Network;
import dev.warren.SandboxException.Code;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("engine")
class NetworksIT {
  private static final String SERVE = "while :; do echo hello | nc -l -p 8080; done";

  private static RuntimeFixture fixture;

  @BeforeAll
  static void open() {
    fixture = RuntimeFixture.shared();
  }

  @AfterAll
  static void close() {
    if (fixture != null) {
      fixture.close();
    }
  }

  private static String dial(InetSocketAddress address) throws IOException {
    for (int i = 0; ; i++) {
      try (Socket socket = new Socket()) {
        socket.connect(address, 2000);
        return new String(socket.getInputStream().readAllBytes(), US_ASCII).strip();
      } catch (IOException e) {
        if (i > 20) {
          throw e;
        }
        RuntimeFixture.pause(Duration.ofMillis(100));
      }
    }
  }

  private static long addresses() throws IOException {
    Path directory = fixture.cni().addressDirectory().resolve(fixture.cni().bridge());
    if (!Files.isDirectory(directory)) {
      return 0;
    }
    try (Stream<Path> files = Files.list(directory)) {
      return files.filter(file -> file.getFileName().toString().matches("[0-9.]+")).count();
    }
  }

  @Test
  void hostReachesAnIsolatedTaskThatReachesNobody() throws Exception {
    try (ServerSocket hostService = new ServerSocket(0)) {
      int port = hostService.getLocalPort();
      String gateway = fixture.cni().subnet().replace(".0/24", ".1");
      fixture.run(fixture.spec("server", "sh", "-c", SERVE).network(Network.isolated()));
      InetAddress address = fixture.runtime().networks().setUp("server").orElseThrow();
      assertThat(dial(fixture.runtime().networks().endpoint("server", 8080))).isEqualTo("hello");
      assertThat(fixture.runtime().networks().check("server")).isEmpty();

      String output =
          fixture.output(
              fixture
                  .spec(
                      "neighbour",
                      "sh",
                      "-c",
                      "exec 2>&1; ip route | grep -c default; nc -w 2 "
                          + address.getHostAddress()
                          + " 8080 </dev/null && echo reached; nc -w 2 "
                          + gateway
                          + " "
                          + port
                          + " </dev/null && echo reached-host; echo end")
                  .network(Network.isolated()));
      assertThat(output).startsWith("0\n").endsWith("end\n").doesNotContain("reached");
    }
    fixture.stop("server");
  }

  @Test
  void addressIsRecoveredAndNeverAddedTwice() throws Exception {
    fixture.run(fixture.sleeper("recovers").network(Network.isolated()));
    long inUse = addresses();
    Optional<InetAddress> first = fixture.runtime().networks().setUp("recovers");
    fixture.reopen();
    assertThat(fixture.runtime().networks().setUp("recovers")).isEqualTo(first);
    try (Stream<Path> files = Files.walk(fixture.directory().resolve("state"))) {
      for (Path file :
          files.filter(path -> path.toString().endsWith("recovers/network.json")).toList()) {
        Files.delete(file);
      }
    }
    assertThat(fixture.runtime().networks().setUp("recovers")).isEqualTo(first);
    assertThat(addresses()).isEqualTo(inUse);

    fixture.runtime().networks().remove("recovers");
    assertThat(fixture.runtime().networks().check("recovers")).isPresent();
    assertThat(fixture.runtime().networks().setUp("recovers")).isPresent();
    assertThat(fixture.runtime().networks().check("recovers")).isEmpty();
    fixture.runtime().containers().delete("recovers");
  }

  @Test
  void everyEndFreesTheAddress() throws Exception {
    fixture.reopen();
    long before = addresses();
    fixture.run(fixture.sleeper("stopped").network(Network.isolated()));
    assertThat(addresses()).isEqualTo(before + 1);
    fixture.stop("stopped");
    assertThat(addresses()).isEqualTo(before);
    assertCode(Code.CONFLICT, () -> fixture.runtime().networks().setUp("stopped"));
    fixture.runtime().networks().remove("stopped");
    fixture.runtime().networks().remove("never-was");

    fixture.runtime().tasks().start("stopped");
    fixture.runtime().containers().delete("stopped");
    assertThat(addresses()).isEqualTo(before);

    // Exits while nobody watches: the next runtime frees it.
    fixture.run(fixture.spec("unwatched", "true").network(Network.isolated()));
    fixture.runtime().tasks().awaitExit("unwatched", RuntimeFixture.LONG);
    fixture.reopen();
    assertThat(addresses()).isEqualTo(before);

    fixture
        .runtime()
        .containers()
        .create(fixture.spec("fails", "no-such").network(Network.isolated()).build());
    assertCode(Code.NOT_FOUND, () -> fixture.runtime().tasks().start("fails"));
    assertThat(addresses()).isEqualTo(before);
  }

  @Test
  void noNetworkMeansLoopbackOnly() {
    assertThat(
            fixture.output(
                fixture.spec(
                    "alone",
                    "sh",
                    "-c",
                    "ip -o link | wc -l; ip link show lo | grep -c UP; ip route")))
        .isEqualTo("1\n1\n");
    fixture.run(fixture.sleeper("off"));
    assertThat(fixture.runtime().networks().setUp("off")).isEmpty();
    assertThat(fixture.runtime().networks().check("off")).isEmpty();
    assertCode(Code.UNSUPPORTED, () -> fixture.runtime().networks().endpoint("off", 1));
    assertCode(Code.NOT_FOUND, () -> fixture.runtime().networks().setUp("never-was"));
    fixture.stop("off");
  }

  @Test
  void egressHasARouteOut() {
    assertThat(
            fixture.output(
                fixture
                    .spec("out", "sh", "-c", "ip route | grep -c default")
                    .network(Network.egress())))
        .isEqualTo("1\n");
  }
}
