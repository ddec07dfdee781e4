package dev.warren.examples;

import dev.warren.BotContainerManager;
import dev.warren.PullProgress;
import dev.warren.StateDirectory;
import dev.warren.containerd.ContainerdRuntime;
import dev.warren.docker.DockerRuntime;
import dev.warren.process.ProcessRuntime;
import dev.warren.spi.SandboxRuntime;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Consumer;

/** The command line of the quickstart. */
record QuickstartOptions(
    String runtime, Optional<Path> socket, Optional<String> image, StateDirectory state) {

  static QuickstartOptions parse(String[] args) {
    String runtime = "process";
    Optional<Path> socket = Optional.empty();
    Optional<String> image = Optional.empty();
    StateDirectory state = StateDirectory.standard();
    for (int i = 0; i < args.length; i += 2) {
      if (i + 1 == args.length) {
        throw new IllegalArgumentException(args[i] + " needs a value");
      }
      String value = args[i + 1];
      switch (args[i]) {
        case "--runtime" -> runtime = value;
        case "--socket" -> socket = Optional.of(Path.of(value));
        case "--image" -> image = Optional.of(value);
        case "--state" -> state = StateDirectory.at(Path.of(value));
        default -> throw new IllegalArgumentException("unknown option " + args[i]);
      }
    }
    return new QuickstartOptions(runtime, socket, image, state);
  }

  BotContainerManager manager(Consumer<PullProgress> progress) {
    BotContainerManager.Builder builder =
        BotContainerManager.builder(open()).pullProgress(progress);
    image.ifPresent(builder::image);
    return builder.build();
  }

  private SandboxRuntime open() {
    return switch (runtime) {
      case "process" -> ProcessRuntime.open(state);
      case "containerd" -> {
        ContainerdRuntime.Builder builder = ContainerdRuntime.builder().stateDirectory(state);
        socket.ifPresent(builder::socket);
        yield builder.build();
      }
      case "docker" -> {
        DockerRuntime.Builder builder = DockerRuntime.builder().stateDirectory(state);
        socket.ifPresent(path -> builder.endpoint("unix://" + path));
        yield builder.build();
      }
      default -> throw new IllegalArgumentException("unknown runtime " + runtime);
    };
  }
}
