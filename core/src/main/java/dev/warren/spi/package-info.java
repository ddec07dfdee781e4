/**
 * What a container engine implements so that Warren can run sandboxes on it. Applications need none
 * of it but {@link dev.warren.spi.SandboxRuntime} as a type to hold.
 *
 * <p>Begin with {@link dev.warren.spi.SandboxRuntime}: its Javadoc is the specification, and {@code
 * SandboxRuntimeContract} of the artifact {@code warren-testkit} is the test of it, which a runtime
 * of your own passes in the same way as those of Warren. {@link
 * dev.warren.spi.SandboxRuntimeProvider} makes a runtime known to {@code ServiceLoader}:
 *
 * <pre>{@code
 * public final class MyRuntimeProvider implements SandboxRuntimeProvider {
 *   public String name() { return "mine"; }
 *   public Availability probe() { return new Availability.Available("version 1"); }
 *   public SandboxRuntime open(StateDirectory state) { return new MyRuntime(state); }
 * }
 * }</pre>
 *
 * <p>The parts follow the engine's nouns: {@link dev.warren.spi.Images}, {@link
 * dev.warren.spi.Containers}, {@link dev.warren.spi.Tasks} and {@link dev.warren.spi.Networks} are
 * required; {@link dev.warren.spi.Snapshots}, {@link dev.warren.spi.Metrics} and {@link
 * dev.warren.spi.Pause} are there where the engine has them, and {@link dev.warren.spi.RuntimeInfo}
 * says so. {@link dev.warren.spi.EventDelivery} and {@link dev.warren.spi.EventHub} bring events to
 * listeners as {@link dev.warren.spi.SandboxRuntime#watch} demands. What this interface cannot
 * express, a runtime refuses with {@code UNSUPPORTED}.
 */
@NullMarked
package dev.warren.spi;

import org.jspecify.annotations.NullMarked;
