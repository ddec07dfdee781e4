package dev.warren.testkit;

import dev.warren.spi.Containers;
import dev.warren.spi.Images;
import dev.warren.spi.Metrics;
import dev.warren.spi.Networks;
import dev.warren.spi.Pause;
import dev.warren.spi.SandboxRuntime;
import dev.warren.spi.Snapshots;
import dev.warren.spi.Tasks;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.Optional;
import java.util.Set;

/**
 * Puts something between a manager and any runtime: to count calls, to make them fail, or to end
 * the JVM at each of them.
 */
public final class InterceptedRuntime {
  private static final Set<Class<?>> PARTS =
      Set.of(
          Images.class,
          Containers.class,
          Tasks.class,
          Networks.class,
          Snapshots.class,
          Metrics.class,
          Pause.class);

  private InterceptedRuntime() {}

  /** The runtime, with the interceptor told about every call that may reach the engine. */
  public static SandboxRuntime of(SandboxRuntime runtime, Interceptor interceptor) {
    return wrap(SandboxRuntime.class, runtime, interceptor);
  }

  private static <T> T wrap(Class<T> type, Object target, Interceptor interceptor) {
    boolean part = PARTS.contains(type);
    Object proxy =
        Proxy.newProxyInstance(
            type.getClassLoader(),
            new Class<?>[] {type},
            (self, method, args) -> {
              String call = type.getSimpleName() + "." + method.getName();
              boolean counts = part && method.getDeclaringClass() == type;
              if (counts) {
                interceptor.before(call);
              }
              Object result;
              try {
                result = method.invoke(target, args);
              } catch (InvocationTargetException e) {
                throw e.getCause();
              }
              if (counts) {
                interceptor.after(call);
              }
              return part ? result : wrapped(method.getReturnType(), result, interceptor);
            });
    return type.cast(proxy);
  }

  private static Object wrapped(Class<?> type, Object result, Interceptor interceptor) {
    if (PARTS.contains(type)) {
      return wrap(type, result, interceptor);
    }
    if (result instanceof Optional<?> optional && optional.isPresent()) {
      for (Class<?> part : PARTS) {
        if (part.isInstance(optional.get())) {
          return Optional.of(wrap(part, optional.get(), interceptor));
        }
      }
    }
    return result;
  }

  /**
   * Told about calls such as {@code Containers.create}: the simple name of the type and of the
   * method. What it throws, the caller gets. It is called on the threads of the callers.
   */
  public interface Interceptor {
    /** Before the call reaches the runtime; if it throws, the runtime hears nothing. */
    default void before(String call) {}

    /** Only after calls that succeeded; if it throws, the effect is there all the same. */
    default void after(String call) {}
  }
}
