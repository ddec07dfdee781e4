package dev.warren.docker.internal.container;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.warren.Hardening;
import dev.warren.ImageRef;
import dev.warren.Mount;
import dev.warren.Network;
import dev.warren.ResourceLimits;
import dev.warren.SandboxException;
import dev.warren.SandboxException.Code;
import dev.warren.StateDirectory;
import dev.warren.docker.internal.client.ApiVersion;
import dev.warren.docker.internal.client.EngineFacts;
import dev.warren.docker.internal.client.EngineVersion;
import dev.warren.spi.ContainerSpec;
import dev.warren.spi.HostPaths;
import dev.warren.spi.SeccompProfile;
import java.net.InetAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SpecDocumentTest {
  private static final EngineVersion PODMAN =
      new EngineVersion("4.3.1", new ApiVersion(1, 41), "amd64", true);

  @TempDir Path directory;

  private static ContainerSpec.Builder spec() {
    return ContainerSpec.builder("bot", ImageRef.parse("localhost/a:1"), List.of("run", "it"));
  }

  private JsonNode document(ContainerSpec.Builder spec, boolean sharedHost, int minor) {
    return document(
        spec, sharedHost, new EngineVersion("1", new ApiVersion(1, minor), "amd64", false));
  }

  private JsonNode document(ContainerSpec.Builder spec, boolean sharedHost, EngineVersion version) {
    EngineFacts facts =
        new EngineFacts("host", "6", Optional.empty(), Set.of("runc", "runsc"), "id", false);
    NetworkPlan plan = new NetworkPlan("w", Subnet.parse("10.1.0.0/16"), sharedHost);
    StateDirectory state = StateDirectory.at(directory.resolve("s"));
    HostPaths paths = HostPaths.protecting(state, List.of());
    return new SpecDocument(
            version,
            facts,
            new Ownership("me"),
            new MountList(paths, sharedHost),
            plan,
            new SeccompOption(version, sharedHost, state),
            Optional.empty())
        .of(spec.build(), "image");
  }

  private JsonNode host(ContainerSpec.Builder spec) {
    return document(spec, true, 41).path("HostConfig");
  }

  private void refused(Code code, ContainerSpec.Builder spec) {
    assertThatThrownBy(() -> document(spec, false, 41))
        .isInstanceOfSatisfying(
            SandboxException.class, failure -> assertThat(failure.code()).isEqualTo(code));
  }

  @Test
  void command_replacesTheImagesEntryPointAndCommand() {
    JsonNode document = document(spec(), true, 41);
    assertThat(document.path("Entrypoint")).hasToString("[\"run\",\"it\"]");
    assertThat(document.path("Cmd")).hasToString("[]");
    assertThat(document.path("User").asText()).isEqualTo("0");
    assertThat(document.path("Healthcheck").path("Test")).hasToString("[\"NONE\"]");
  }

  @Test
  void hardening_defaults_dropAllAndKeepFew() {
    JsonNode host = host(spec());
    assertThat(host.path("CapDrop")).hasToString("[\"ALL\"]");
    assertThat(host.path("CapAdd")).hasSize(Hardening.defaults().capabilities().size());
    assertThat(host.path("SecurityOpt").get(0).asText()).isEqualTo("no-new-privileges=true");
    assertThat(host.path("SecurityOpt").get(1).asText()).startsWith("seccomp={");
    assertThat(host.path("MaskedPaths").toString()).contains("/proc/kcore", "/proc/keys");
    assertThat(host.path("ReadonlyPaths").toString()).contains("/proc/sys");
    assertThat(host.path("Privileged").asBoolean(true)).isFalse();
    assertThat(host.path("Init").asBoolean(true)).isFalse();
  }

  /** It would take the text for a path, and any value of the other option for true. */
  @Test
  void hardening_ofPodman_namesAFileOfThisHost_andOnlyWhatIsOn() throws Exception {
    JsonNode options = document(spec(), true, PODMAN).path("HostConfig").path("SecurityOpt");
    assertThat(options.get(0).asText()).isEqualTo("no-new-privileges=true");
    Path profile = Path.of(options.get(1).asText().substring("seccomp=".length()));
    assertThat(profile).hasContent(SeccompProfile.json("amd64"));
    assertThat(document(spec(), true, PODMAN).path("HostConfig").path("SecurityOpt"))
        .as("one file for all")
        .isEqualTo(options);
    Hardening insecure = Hardening.defaults().insecureWithoutSeccomp().insecureWithNewPrivileges();
    assertThat(
            document(spec().hardening(insecure), true, PODMAN)
                .path("HostConfig")
                .path("SecurityOpt"))
        .hasToString("[\"seccomp=unconfined\"]");
  }

  /** It would leave them out without a word. */
  @Test
  void gpus_ofPodman_areUnsupported() {
    assertThatThrownBy(() -> document(spec().gpus(List.of("nvidia.com/gpu=0")), true, PODMAN))
        .isInstanceOfSatisfying(
            SandboxException.class,
            failure -> assertThat(failure.code()).isEqualTo(Code.UNSUPPORTED));
  }

  @Test
  void hardening_ofPodmanElsewhere_isUnsupported() {
    assertThatThrownBy(() -> document(spec(), false, PODMAN))
        .isInstanceOfSatisfying(
            SandboxException.class,
            failure -> assertThat(failure.code()).isEqualTo(Code.UNSUPPORTED));
  }

  @Test
  void hardening_insecure_isWhatWasSaid() {
    Hardening insecure = Hardening.defaults().insecureWithoutSeccomp().insecureWithNewPrivileges();
    JsonNode host = host(spec().hardening(insecure));
    assertThat(host.path("SecurityOpt"))
        .hasToString("[\"no-new-privileges=false\",\"seccomp=unconfined\"]");
  }

  @Test
  void limits_areGiven_withoutSwapOnTop() {
    JsonNode host = host(spec().limits(ResourceLimits.defaults().withCpus(1.5)));
    assertThat(host.path("Memory").asLong()).isEqualTo(1L << 30);
    assertThat(host.path("MemorySwap").asLong()).isEqualTo(1L << 30);
    assertThat(host.path("NanoCpus").asLong()).isEqualTo(1_500_000_000L);
    assertThat(host.path("PidsLimit").asLong()).isEqualTo(512);
    assertThat(host.path("Ulimits").get(0).path("Hard").asLong()).isEqualTo(65_536);
  }

  @Test
  void limits_unlimited_areNamedWhereTheEngineHasDefaults() {
    JsonNode host = host(spec().limits(ResourceLimits.unlimited()));
    assertThat(host.has("Memory")).isFalse();
    assertThat(host.path("PidsLimit").asLong()).isEqualTo(-1);
  }

  @Test
  void network_isTheEnginesOfItsKind() {
    assertThat(host(spec()).path("NetworkMode").asText()).isEqualTo("w-isolated");
    assertThat(host(spec().network(Network.none())).path("NetworkMode").asText()).isEqualTo("none");
    assertThat(host(spec().network(Network.egress())).path("NetworkMode").asText())
        .isEqualTo("w-egress");
  }

  @Test
  void network_onAnotherHost_publishesTheBridgesPortOnly() {
    JsonNode document = document(spec(), false, 41);
    assertThat(document.path("HostConfig").path("NetworkMode").asText()).isEqualTo("w-reachable");
    assertThat(document.path("HostConfig").path("PortBindings"))
        .hasToString("{\"9090/tcp\":[{\"HostIp\":\"\",\"HostPort\":\"\"}]}");
    assertThat(document(spec(), true, 41).path("HostConfig").has("PortBindings")).isFalse();
    assertThat(
            document(spec().network(Network.none()), false, 41)
                .path("HostConfig")
                .has("PortBindings"))
        .isFalse();
  }

  @Test
  void dns_isolatedWithoutServers_asksNobody() throws Exception {
    assertThat(host(spec()).path("Dns")).hasToString("[\"127.0.0.1\"]");
    assertThat(host(spec().network(Network.egress())).path("Dns")).isEmpty();
    assertThat(host(spec().dns(List.of(InetAddress.getByName("10.0.0.9")))).path("Dns"))
        .hasToString("[\"10.0.0.9\"]");
  }

  @Test
  void mounts_bindAndTmpfs_areAsAsked() throws Exception {
    Path source = java.nio.file.Files.createDirectory(directory.resolve("source"));
    JsonNode host =
        host(
            spec()
                .mounts(List.of(new Mount.Bind(source, "/b", true), new Mount.Tmpfs("/t", 8192))));
    JsonNode bind = host.path("Mounts").get(0);
    assertThat(bind.path("Source").asText()).isEqualTo(source.toRealPath().toString());
    assertThat(bind.path("ReadOnly").asBoolean()).isTrue();
    assertThat(host.path("Tmpfs").path("/t").asText()).contains("nosuid", "nodev", "size=8192");
  }

  @Test
  void mounts_bindOnAnotherHost_isUnsupported() {
    refused(Code.UNSUPPORTED, spec().mounts(List.of(new Mount.Bind(directory, "/b", true))));
  }

  @Test
  void readOnlyRoot_getsRoomForScratch() {
    JsonNode host = host(spec().hardening(Hardening.defaults().withReadOnlyRoot()));
    assertThat(host.path("ReadonlyRootfs").asBoolean()).isTrue();
    assertThat(host.path("Tmpfs").has("/tmp")).isTrue();
    assertThat(host.path("Tmpfs").has("/run")).isTrue();
  }

  @Test
  void gpus_areCdiDevices_orNvidiasRequestForOldEngines() {
    ContainerSpec.Builder spec = spec().gpus(List.of("nvidia.com/gpu=0"));
    assertThat(document(spec, true, 44).path("HostConfig").path("DeviceRequests"))
        .hasToString("[{\"Driver\":\"cdi\",\"DeviceIDs\":[\"nvidia.com/gpu=0\"]}]");
    assertThat(host(spec).path("DeviceRequests"))
        .hasToString(
            "[{\"Driver\":\"nvidia\",\"Capabilities\":[[\"gpu\"]],\"DeviceIDs\":[\"0\"]}]");
    refused(Code.UNSUPPORTED, spec().gpus(List.of("amd.com/gpu=0")));
    refused(Code.INVALID_ARGUMENT, spec().gpus(List.of("0")));
  }

  @Test
  void runtime_isPassedOn_orUnsupported() {
    JsonNode host = host(spec().runtimeName(Optional.of("runsc")));
    assertThat(host.path("Runtime").asText()).isEqualTo("runsc");
    assertThat(host.has("Sysctls")).isFalse();
    refused(Code.UNSUPPORTED, spec().runtimeName(Optional.of("absent")));
    refused(Code.INVALID_ARGUMENT, spec().runtimeName(Optional.of("a b")));
  }

  @Test
  void badValues_areInvalid() {
    refused(Code.INVALID_ARGUMENT, spec().env(Map.of("A=B", "")));
    refused(Code.INVALID_ARGUMENT, spec().workingDirectory("relative"));
    refused(Code.INVALID_ARGUMENT, spec().hostName("-"));
    refused(Code.INVALID_ARGUMENT, spec().timeZone(Optional.of("../etc")));
    refused(Code.INVALID_ARGUMENT, spec().labels(Map.of(Ownership.OWNER, "me")));
    refused(
        Code.INVALID_ARGUMENT,
        spec().hardening(Hardening.defaults().withCapabilities(List.of("chown"))));
  }

  @Test
  void labels_hideTheBackendsOwnAndTheImages() {
    JsonNode made = document(spec().labels(Map.of("a", "1")), true, 41).path("Labels");
    Map<String, String> labels = new java.util.TreeMap<>(Map.of("of-the-image", "x"));
    made.properties().forEach(entry -> labels.put(entry.getKey(), entry.getValue().asText()));
    assertThat(Ownership.visible(labels)).containsExactlyEntriesOf(Map.of("a", "1"));
    assertThat(new Ownership("me").ownsContainer("bot", labels)).isTrue();
    assertThat(new Ownership("me").ownsContainer("other", labels)).isFalse();
    assertThat(new Ownership("you").ownsContainer("bot", labels)).isFalse();
  }
}
