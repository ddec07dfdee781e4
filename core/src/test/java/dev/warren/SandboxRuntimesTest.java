package dev.warren;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.warren.SandboxException.Code;
import dev.warren.process.ProcessRuntimeProvider;
import dev.warren.spi.SandboxRuntime;
import dev.warren.spi.SandboxRuntimeProvider;
import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SandboxRuntimesTest {
  private static final String SERVICE =
      "META-INF/services/" + SandboxRuntimeProvider.class.getName();

  @TempDir Path directory;

  @Test
  void discover_severalEngines_isAConflictThatNamesThem() throws Exception {
    assertThatThrownBy(
            () -> discover(List.of(Containerd.class, Docker.class, ProcessRuntimeProvider.class)))
        .satisfies(code(Code.CONFLICT))
        .hasMessageContaining("containerd and docker are all available")
        .hasMessageContaining("SandboxRuntimes.open(name)");
  }

  @Test
  void discover_noEngineAnswers_givesTheReasonOfEach() throws Exception {
    assertThatThrownBy(() -> discover(List.of(NoContainerd.class, NoDocker.class)))
        .satisfies(code(Code.UNAVAILABLE))
        .hasMessageContaining("containerd: its socket does not exist; docker: permission denied");
  }

  @Test
  void discover_anEngineThatIsNotOnTheClassPath_isNamedWithItsArtifact() throws Exception {
    assertThatThrownBy(() -> discover(List.of(NoContainerd.class, ProcessRuntimeProvider.class)))
        .satisfies(code(Code.UNAVAILABLE))
        .hasMessageContaining("containerd: its socket does not exist")
        .hasMessageContaining("docker: not on the class path, add dev.warren:warren-docker");
    assertThatThrownBy(() -> discover(List.of(NoDocker.class)))
        .hasMessageContaining("containerd: not on the class path, add dev.warren:warren-containerd")
        .hasMessageContaining("docker: permission denied");
  }

  @Test
  void discover_noEngineOnTheClassPath_isTheProcessRuntime() throws Exception {
    discover(
        List.of(ProcessRuntimeProvider.class),
        runtime -> assertThat(runtime.info().name()).isEqualTo("process"));
  }

  @Test
  void open_anUnknownName_saysWhatThereIs_andWhatToAdd() throws Exception {
    withProviders(
        List.of(NoContainerd.class, ProcessRuntimeProvider.class),
        () -> {
          assertThatThrownBy(() -> SandboxRuntimes.open("docker"))
              .satisfies(code(Code.NOT_FOUND))
              .hasMessageContaining("[containerd, process]")
              .hasMessageContaining("add the artifact dev.warren:warren-docker");
          assertThatThrownBy(() -> SandboxRuntimes.open("dokcer"))
              .satisfies(code(Code.NOT_FOUND))
              .hasMessageContaining("use one of these names");
        });
  }

  private static Consumer<Throwable> code(Code expected) {
    return e -> assertThat(((SandboxException) e).code()).isEqualTo(expected);
  }

  private void discover(List<Class<? extends SandboxRuntimeProvider>> providers) throws Exception {
    discover(providers, runtime -> {});
  }

  private void discover(
      List<Class<? extends SandboxRuntimeProvider>> providers, Consumer<SandboxRuntime> check)
      throws Exception {
    withProviders(
        providers,
        () -> {
          StateDirectory state = StateDirectory.at(directory.resolve("state"));
          try (SandboxRuntime runtime = SandboxRuntimes.discover(state)) {
            check.accept(runtime);
          }
        });
  }

  /** With a class loader that hides the providers of the class path behind these. */
  private void withProviders(List<Class<? extends SandboxRuntimeProvider>> providers, Body body)
      throws Exception {
    Path file = directory.resolve(SERVICE);
    Files.createDirectories(file.getParent());
    Files.write(file, providers.stream().map(Class::getName).toList());
    ClassLoader before = Thread.currentThread().getContextClassLoader();
    try (URLClassLoader loader = new OnlyThese(directory.toUri().toURL(), before)) {
      Thread.currentThread().setContextClassLoader(loader);
      body.run();
    } finally {
      Thread.currentThread().setContextClassLoader(before);
    }
  }

  private interface Body {
    void run() throws Exception;
  }

  private static final class OnlyThese extends URLClassLoader {
    private OnlyThese(URL services, ClassLoader parent) {
      super(new URL[] {services}, parent);
    }

    @Override
    public java.util.Enumeration<URL> getResources(String name) throws IOException {
      return name.equals(SERVICE) ? findResources(name) : super.getResources(name);
    }
  }

  private abstract static class Engine implements SandboxRuntimeProvider {
    private final String name;
    private final Availability availability;

    private Engine(String name, Availability availability) {
      this.name = name;
      this.availability = availability;
    }

    @Override
    public String name() {
      return name;
    }

    @Override
    public Availability probe() {
      return availability;
    }

    @Override
    public SandboxRuntime open(StateDirectory stateDirectory) {
      throw new AssertionError("no engine is to be opened");
    }
  }

  public static final class Containerd extends Engine {
    public Containerd() {
      super("containerd", new Availability.Available(""));
    }
  }

  public static final class Docker extends Engine {
    public Docker() {
      super("docker", new Availability.Available(""));
    }
  }

  public static final class NoContainerd extends Engine {
    public NoContainerd() {
      super("containerd", new Availability.Unavailable("its socket does not exist"));
    }
  }

  public static final class NoDocker extends Engine {
    public NoDocker() {
      super("docker", new Availability.Unavailable("permission denied"));
    }
  }
}
