package dev.warren.containerd.internal.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.warren.containerd.internal.network.Attachment.Place;
import dev.warren.containerd.internal.network.CniFault.Kind;
import dev.warren.containerd.internal.oci.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CniNetworkTest {
  private static final Place PLACE = new Place("owner--bot", "/proc/1/ns/net", "eth0");

  private final ExecutorService readers = Executors.newCachedThreadPool();

  @TempDir Path bin;

  @AfterEach
  void end() {
    readers.shutdownNow();
  }

  private void plugin(String name, String script) throws IOException {
    Path file = Files.writeString(bin.resolve(name), "#!/bin/sh\n" + script + "\n");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  private CniNetwork network(String... types) {
    List<ObjectNode> plugins =
        java.util.stream.Stream.of(types)
            .map(type -> Json.MAPPER.createObjectNode().put("type", type))
            .toList();
    return new CniNetwork(
        new NetworkList("net", "0.4.0", plugins),
        new CniPlugins(List.of(bin), Duration.ofSeconds(2), readers));
  }

  private String log() throws IOException {
    return Files.readString(bin.resolve("log"));
  }

  private static Kind kind(Throwable failure) {
    return ((CniFault) failure).kind();
  }

  @Test
  void chainRunsInOrderWithThePreviousResultAndBackwardsForDel() throws Exception {
    String record = "input=$(cat); echo \"$CNI_COMMAND %s $CNI_CONTAINERID $CNI_NETNS $input\" >> ";
    for (String name : List.of("one", "two")) {
      plugin(
          name,
          record.formatted(name)
              + bin.resolve("log")
              + "\n[ $CNI_COMMAND = DEL ] || echo '{\"from\":\""
              + name
              + "\"}'");
    }
    CniNetwork network = network("one", "two");

    JsonNode result = network.add(PLACE);
    network.del(PLACE, result);

    assertThat(result.path("from").asText()).isEqualTo("two");
    assertThat(log().lines())
        .satisfiesExactly(
            line ->
                assertThat(line)
                    .startsWith("ADD one owner--bot /proc/1/ns/net {")
                    .contains("\"name\":\"net\"", "\"cniVersion\":\"0.4.0\"")
                    .doesNotContain("prevResult"),
            line ->
                assertThat(line)
                    .startsWith("ADD two")
                    .contains("\"prevResult\":{\"from\":\"one\"}"),
            line -> assertThat(line).startsWith("DEL two").contains("{\"from\":\"two\"}"),
            line -> assertThat(line).startsWith("DEL one").contains("{\"from\":\"two\"}"));
  }

  @Test
  void reportedErrorsAreTold() throws IOException {
    plugin(
        "full", "echo '{\"code\":11,\"msg\":\"no IP addresses available in range set\"}'; exit 1");
    plugin(
        "dup", "echo '{\"code\":999,\"msg\":\"x\",\"details\":\"veth already exists\"}'; exit 1");
    plugin("other", "echo '{\"code\":7,\"msg\":\"bad config\"}'; exit 1");
    assertThatThrownBy(() -> network("full").add(PLACE))
        .satisfies(e -> assertThat(kind(e)).isEqualTo(Kind.EXHAUSTED));
    assertThatThrownBy(() -> network("dup").add(PLACE))
        .satisfies(e -> assertThat(kind(e)).isEqualTo(Kind.EXISTS));
    assertThatThrownBy(() -> network("other").add(PLACE))
        .hasMessageContaining("'other' failed: bad config")
        .satisfies(e -> assertThat(kind(e)).isEqualTo(Kind.REFUSED));
  }

  @Test
  void brokenPluginsAreTold() throws IOException {
    plugin("killed", "kill -9 $$");
    plugin("garbage", "echo not json");
    plugin("silent", "exit 3");
    plugin("empty", "exit 0");
    assertThatThrownBy(() -> network("killed").add(PLACE)).hasMessageContaining("signal 9");
    assertThatThrownBy(() -> network("garbage").add(PLACE)).hasMessageContaining("no JSON");
    assertThatThrownBy(() -> network("silent").add(PLACE)).hasMessageContaining("status 3");
    assertThatThrownBy(() -> network("empty").add(PLACE)).hasMessageContaining("no result");
    assertThatThrownBy(() -> network("absent").add(PLACE)).hasMessageContaining("not installed");
    assertThatThrownBy(() -> network("../sh").add(PLACE)).hasMessageContaining("bad name");
    assertThat(
            new CniPlugins(List.of(bin.resolve("no")), Duration.ZERO, readers).missing(List.of()))
        .contains("no directory");
  }

  @Test
  void hangingPluginIsEndedWithItsChildren() throws Exception {
    plugin("hangs", "sleep 300 & echo $! > " + bin.resolve("pid") + "; wait");
    long begin = System.nanoTime();
    assertThatThrownBy(() -> network("hangs").add(PLACE))
        .satisfies(e -> assertThat(kind(e)).isEqualTo(Kind.TIMEOUT));
    assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(10));
    long pid = Long.parseLong(Files.readString(bin.resolve("pid")).strip());
    for (int i = 0; i < 250 && runs(pid); i++) {
      Thread.sleep(20);
    }
    assertThat(runs(pid)).isFalse();
  }

  /** One that nobody has reaped yet has no command line any more. */
  private static boolean runs(long pid) throws IOException {
    Path commandLine = Path.of("/proc", Long.toString(pid), "cmdline");
    return Files.exists(commandLine) && Files.readAllBytes(commandLine).length > 0;
  }

  @Test
  void interruptEndsTheWait() throws IOException {
    plugin("hangs", "exec sleep 300");
    Thread.currentThread().interrupt();
    assertThatThrownBy(() -> network("hangs").add(PLACE))
        .satisfies(e -> assertThat(kind(e)).isEqualTo(Kind.INTERRUPTED));
    assertThat(Thread.interrupted()).isTrue();
  }

  @Test
  void addressesAndRoutesAreReadFromTheKernelsTables() {
    assertThat(
            HostRoutes.addresses(
                List.of(
                    "Main:",
                    "     |-- 10.213.0.5",
                    "        /32 host LOCAL",
                    "     |-- 127.0.0.1",
                    "        /32 host LOCAL",
                    "     |-- 10.213.255.255",
                    "        /32 link BROADCAST",
                    "     |-- 10.213.0.5",
                    "        /32 host LOCAL")))
        .containsExactly("10.213.0.5");
    List<String> table =
        List.of(
            "Iface Destination Gateway Flags RefCnt Use Metric Mask MTU Window IRTT",
            "eth0 00000000 010200C0 0003 0 0 0 00000000 0 0 0",
            "warren0 0000D50A 00000000 0001 0 0 0 0000FFFF 0 0 0",
            "* 0000D60A 00000000 0201 0 0 4278198272 0000FFFF 0 0 0");
    assertThat(HostRoutes.reaches(table, "10.213.0.5")).isTrue();
    assertThat(HostRoutes.reaches(table, "10.214.0.5")).isFalse();
    assertThat(HostRoutes.reaches(table, "10.215.0.5")).isFalse();
  }
}
