package dev.warren.docker.internal.image;

import static org.assertj.core.api.Assertions.assertThat;

import com.github.dockerjava.api.exception.DockerException;
import dev.warren.SandboxException;
import dev.warren.SandboxException.Code;
import dev.warren.docker.internal.client.DockerErrors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Texts as Docker and registries say them. */
class PullErrorsTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          NOT_FOUND          | no matching manifest for linux/amd64 in the manifest list entries
          NOT_FOUND          | manifest for 127.0.0.1:5/app:x not found: manifest unknown: manifest unknown
          NOT_FOUND          | image operating system "windows" cannot be used on this platform
          PERMISSION_DENIED  | Head "http://127.0.0.1:5/v2/app/manifests/1": no basic auth credentials
          PERMISSION_DENIED  | unauthorized: authentication required
          PERMISSION_DENIED  | pull access denied for app, repository does not exist or may require 'docker login': denied: requested access to the resource is denied
          UNAVAILABLE        | Get "http://127.0.0.1:1/v2/": dial tcp 127.0.0.1:1: connect: connection refused
          UNAVAILABLE        | Get "https://r.invalid/v2/": dial tcp: lookup r.invalid: no such host
          UNAVAILABLE        | Get "https://r.example/v2/": net/http: TLS handshake timeout
          UNAVAILABLE        | Get "https://r.example/v2/": x509: certificate signed by unknown authority
          UNAVAILABLE        | Get "https://r.example/v2/": http: server gave HTTP response to HTTPS client
          UNAVAILABLE        | received unexpected HTTP status: 503 Service Unavailable
          UNAVAILABLE        | toomanyrequests: You have reached your pull rate limit
          UNAVAILABLE        | unexpected EOF
          RESOURCE_EXHAUSTED | failed to register layer: Error processing tar file(exit status 1): write /bin/x: no space left on device
          DATA_LOSS          | filesystem layer verification failed for digest sha256:11
          DATA_LOSS          | manifest verification failed for digest sha256:11
          DATA_LOSS          | layers from manifest don't match image configuration
          NOT_FOUND          | unknown: {"errors":[{"code":"MANIFEST_UNKNOWN","message":"gone"}]}
          NOT_FOUND          | failed to resolve reference "r.example/app:none": r.example/app:none: not found
          UNSUPPORTED        | unsupported media type application/vnd.x
          INTERNAL           | something nobody has heard of
          """)
  void wordsInTheStream_decideTheCode(Code code, String words) {
    SandboxException error = PullErrors.inStream("pull image", "app:1", words);
    assertThat(error.code()).isEqualTo(code);
    assertThat(error.getCause()).hasMessage(words);
    assertThat(error.subject()).isEqualTo("app:1");
  }

  @Test
  void pathsOfTheEngine_areNotTold() {
    SandboxException error =
        PullErrors.inStream(
            "pull image", "app:1", "write /var/lib/docker/tmp/x: no space left on device");
    assertThat(error).hasMessageNotContaining("/var/lib").hasMessageContaining("no space left");
  }

  @Test
  void statusOfAnAnswer_countsWhereTheWordsAreUnknown() {
    SandboxException answered =
        DockerErrors.map("pull image", "app:1", new DockerException("{\"message\":\"odd\"}", 404));
    assertThat(PullErrors.of(answered).code()).isEqualTo(Code.NOT_FOUND);
  }

  @Test
  void failureOfTheConnectionToTheEngine_staysAsItIs() {
    SandboxException lost =
        DockerErrors.map("pull image", "app:1", new java.io.IOException("unauthorized"));
    assertThat(PullErrors.of(lost)).isSameAs(lost);
  }
}
