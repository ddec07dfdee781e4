package dev.warren.bench;

import dev.warren.spi.SandboxRuntime;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** Adds up the time that a manager spends in its runtime, by the name of the call. Thread-safe. */
final class TimedCalls {
  private final Map<String, Double> millis = new ConcurrentHashMap<>();

  SandboxRuntime around(SandboxRuntime runtime) {
    return wrap(SandboxRuntime.class, "runtime", runtime);
  }

  /** Moves what was added up since the last time. */
  void drain(String prefix, Figures figures) {
    millis.forEach((name, sum) -> figures.record(prefix + name, sum));
    millis.clear();
  }

  private <T> T wrap(Class<T> type, String name, Object target) {
    return type.cast(
        Proxy.newProxyInstance(
            type.getClassLoader(),
            new Class<?>[] {type},
            (proxy, method, arguments) -> {
              long start = System.nanoTime();
              Object result;
              try {
                result = method.invoke(target, arguments);
              } catch (InvocationTargetException e) {
                throw e.getCause();
              }
              Class<?> returned = method.getReturnType();
              if (name.equals("runtime") && isPart(returned)) {
                return wrap(returned, method.getName(), result);
              }
              if (name.equals("runtime") && method.getName().equals("snapshots")) {
                return ((Optional<?>) result)
                    .map(part -> wrap(dev.warren.spi.Snapshots.class, "snapshots", part));
              }
              double elapsed = (System.nanoTime() - start) / 1e6;
              millis.merge(name + "." + method.getName(), elapsed, Double::sum);
              return result;
            }));
  }

  private static boolean isPart(Class<?> type) {
    return type.isInterface() && type.getPackage() == SandboxRuntime.class.getPackage();
  }
}
