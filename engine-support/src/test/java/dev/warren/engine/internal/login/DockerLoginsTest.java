package dev.warren.engine.internal.login;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DockerLoginsTest {
  @TempDir Path directory;

  private Optional<Login> find(String config, String host) throws Exception {
    Path file = Files.writeString(directory.resolve("config.json"), config);
    return new DockerLogins(file).find(host);
  }

  private static String auth(String pair) {
    return Base64.getEncoder().encodeToString(pair.getBytes(StandardCharsets.UTF_8));
  }

  @Test
  void missingOrBrokenFile_isNoLogin() throws Exception {
    assertThat(new DockerLogins(directory.resolve("none")).find("r.example")).isEmpty();
    assertThat(find("{", "r.example")).isEmpty();
    assertThat(find("{\"auths\":{\"r.example\":{\"auth\":\"%%\"}}}", "r.example")).isEmpty();
  }

  @Test
  void entry_isFoundByHostOrAddress() throws Exception {
    String entry = "{\"auths\":{\"%s\":{\"auth\":\"" + auth("me:a:b") + "\"}}}";
    for (String key : new String[] {"r.example:5000", "https://r.example:5000"}) {
      assertThat(find(entry.formatted(key), "r.example:5000"))
          .contains(new Login("me", "a:b", false));
    }
    assertThat(find(entry.formatted("r.example"), "other.example")).isEmpty();
  }

  @Test
  void defaultRegistry_isFoundUnderItsHistoricalName() throws Exception {
    String host = DockerLogins.DEFAULT_REGISTRY;
    assertThat(
            find(
                "{\"auths\":{\"https://index.%s/v1/\":{\"auth\":\"%s\"}}}"
                    .formatted(host, auth("me:x")),
                host))
        .contains(new Login("me", "x", false));
  }

  @Test
  void identityToken_isToldApart() throws Exception {
    assertThat(find("{\"auths\":{\"r.example\":{\"identitytoken\":\"t\"}}}", "r.example"))
        .contains(new Login("", "t", true));
  }

  @Test
  void helperThatIsMissingOrNoPlainName_isNoLogin() throws Exception {
    assertThat(find("{\"credsStore\":\"none-such-helper\"}", "r.example")).isEmpty();
    assertThat(find("{\"credHelpers\":{\"r.example\":\"../x\"}}", "r.example")).isEmpty();
  }

  @Test
  void login_doesNotShowItsSecret() {
    assertThat(new Login("me", "hidden", false).toString()).doesNotContain("hidden");
  }
}
