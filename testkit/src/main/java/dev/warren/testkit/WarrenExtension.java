package dev.warren.testkit;

import dev.warren.BotContainerManager;
import dev.warren.Sandbox;
import dev.warren.StateDirectory;
import dev.warren.process.ProcessRuntime;
import dev.warren.spi.SandboxRuntime;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ExtensionContext.Store;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/**
 * Gives every test a manager of its own, as a parameter of type {@link BotContainerManager}, with
 * the {@link SandboxRuntime} below it, or {@link FakeSandboxRuntime}, and a {@link Sandbox} of a
 * new bot, started.
 *
 * <p>After the test everything is removed. The test fails when it left a sandbox running that was
 * not given to it, or when connections stay open after the manager was closed.
 *
 * <p>Used as {@code @ExtendWith(WarrenExtension.class)}, which takes the fake, or
 * {@code @RegisterExtension static final WarrenExtension warren = WarrenExtension.fake()}.
 * Thread-safe.
 */
public final class WarrenExtension
    implements BeforeEachCallback, AfterEachCallback, ParameterResolver {
  private static final Namespace NAMESPACE = Namespace.create(WarrenExtension.class);
  private static final Set<Class<?>> TYPES =
      Set.of(
          BotContainerManager.class, SandboxRuntime.class, FakeSandboxRuntime.class, Sandbox.class);

  private final Opening opening;
  private final Consumer<BotContainerManager.Builder> settings;

  /** As {@link #fake()}. */
  public WarrenExtension() {
    this(openFake(builder -> {}), builder -> {});
  }

  private WarrenExtension(Opening opening, Consumer<BotContainerManager.Builder> settings) {
    this.opening = opening;
    this.settings = settings;
  }

  private interface Opening {
    SandboxRuntime open(StateDirectory state);
  }

  /** Managers on a fake with the standard commands. */
  public static WarrenExtension fake() {
    return new WarrenExtension();
  }

  /** Managers on a fake, for example with commands of the test. */
  public static WarrenExtension fake(Consumer<FakeSandboxRuntime.Builder> commands) {
    return new WarrenExtension(openFake(commands), builder -> {});
  }

  /** Managers on plain processes of this host: real commands, no isolation; Linux only. */
  public static WarrenExtension process() {
    return new WarrenExtension(ProcessRuntime::open, builder -> {});
  }

  /**
   * Managers on a runtime of your own, for example one wrapped by {@link InterceptedRuntime}. After
   * each test all its containers are deleted: give it an engine that only tests use.
   */
  public static WarrenExtension on(RuntimeFactory runtime) {
    return new WarrenExtension(runtime::open, builder -> {});
  }

  /** The same, with other settings of the manager. */
  public WarrenExtension with(Consumer<BotContainerManager.Builder> value) {
    return new WarrenExtension(opening, value);
  }

  private static Opening openFake(Consumer<FakeSandboxRuntime.Builder> commands) {
    return state -> {
      FakeSandboxRuntime.Builder builder = FakeSandboxRuntime.builder();
      commands.accept(builder);
      return builder.build();
    };
  }

  @Override
  public void beforeEach(ExtensionContext context) throws Exception {
    fixture(context);
  }

  @Override
  public void afterEach(ExtensionContext context) throws Exception {
    @Nullable ManagerFixture fixture = store(context).remove(this, ManagerFixture.class);
    if (fixture != null) {
      fixture.end();
    }
  }

  @Override
  public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
    Class<?> type = parameter.getParameter().getType();
    boolean perTest = context.getTestMethod().isPresent();
    return perTest && TYPES.contains(type);
  }

  @Override
  public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
    ManagerFixture fixture = fixture(context);
    Class<?> type = parameter.getParameter().getType();
    if (type == BotContainerManager.class) {
      return fixture.manager();
    }
    return type == Sandbox.class ? fixture.freshSandbox() : fixture.runtime();
  }

  private ManagerFixture fixture(ExtensionContext context) {
    return store(context).getOrComputeIfAbsent(this, key -> open(), ManagerFixture.class);
  }

  private ManagerFixture open() {
    try {
      Path directory = Files.createTempDirectory("warren");
      SandboxRuntime runtime = opening.open(StateDirectory.at(directory));
      BotContainerManager.Builder builder = BotContainerManager.builder(runtime).sharedRuntime();
      if (runtime instanceof FakeSandboxRuntime) {
        builder.image(FakeSandboxRuntime.IMAGE);
      }
      settings.accept(builder);
      return new ManagerFixture(runtime, builder.build(), directory);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Store store(ExtensionContext context) {
    return context.getStore(NAMESPACE);
  }
}
