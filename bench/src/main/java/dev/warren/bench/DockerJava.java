package dev.warren.bench;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.async.ResultCallback;
import com.github.dockerjava.api.model.Frame;
import com.github.dockerjava.core.DefaultDockerClientConfig;
import com.github.dockerjava.core.DockerClientImpl;
import com.github.dockerjava.httpclient5.ApacheDockerHttpClient;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.util.Collections;
import java.util.List;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;

/** The Docker library for Java, used as its documentation shows it. */
final class DockerJava implements AutoCloseable {
  private static final int TAR_RECORD = 512;

  private final DockerClient client;
  private final String image;

  DockerJava(Options options) {
    image = options.image();
    DefaultDockerClientConfig config =
        DefaultDockerClientConfig.createDefaultConfigBuilder()
            .withDockerHost(options.docker())
            .withDockerTlsVerify(false)
            .build();
    client =
        DockerClientImpl.getInstance(
            config,
            new ApacheDockerHttpClient.Builder().dockerHost(config.getDockerHost()).build());
  }

  /** Runs a program that has to succeed: create, start with its output, and ask for the code. */
  void exec(String container, String... argv) throws IOException, InterruptedException {
    String id =
        client
            .execCreateCmd(container)
            .withCmd(argv)
            .withAttachStdout(true)
            .withAttachStderr(true)
            .exec()
            .getId();
    try (ResultCallback.Adapter<Frame> output = new ResultCallback.Adapter<>()) {
      client.execStartCmd(id).exec(output).awaitCompletion();
    }
    Long code = client.inspectExecCmd(id).exec().getExitCodeLong();
    if (code == null || code != 0) {
      throw new IOException("exit code " + code);
    }
  }

  /** Makes a container that is never started. */
  String create() {
    return client.createContainerCmd(image).withCmd("true").exec().getId();
  }

  void delete(String container) {
    client.removeContainerCmd(container).withForce(true).exec();
  }

  /** Puts one file of zeros into {@code /data}, by the archive API. */
  void put(String container, String name, long size) {
    TarArchiveEntry entry = new TarArchiveEntry(name);
    entry.setSize(size);
    byte[] head = new byte[TAR_RECORD];
    entry.writeEntryHeader(head);
    // The size is a multiple of the record, so only the end of the archive is to be filled up.
    InputStream tar =
        new SequenceInputStream(
            Collections.enumeration(
                List.of(
                    new ByteArrayInputStream(head),
                    new Zeros(size),
                    new ByteArrayInputStream(new byte[2 * TAR_RECORD]))));
    client
        .copyArchiveToContainerCmd(container)
        .withRemotePath("/data")
        .withTarInputStream(tar)
        .exec();
  }

  /** Gets a file of {@code /data} as the archive API gives it, with its header. */
  InputStream get(String container, String name) {
    return client.copyArchiveFromContainerCmd(container, "/data/" + name).exec();
  }

  @Override
  public void close() throws IOException {
    client.close();
  }
}
