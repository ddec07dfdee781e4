/**
 * Sandboxes for bots: what an application uses.
 *
 * <p>Begin with {@link dev.warren.BotContainerManager}. It is built once, on a runtime that {@link
 * dev.warren.SandboxRuntimes} finds on the class path, and hands out a {@link dev.warren.Sandbox}
 * for each bot:
 *
 * <pre>{@code
 * try (var manager =
 *     BotContainerManager.builder(SandboxRuntimes.discover()).image("debian:12-slim").build()) {
 *   Sandbox sandbox = manager.start(BotId.of("bot-42"));
 *   sandbox.files().writeString("notes.txt", "hello");
 *   ExecResult result = sandbox.exec("sh", "-c", "cat notes.txt");
 *   System.out.println(result.stdout());
 *   manager.delete(sandbox.bot());
 * }
 * }</pre>
 *
 * <p>From there:
 *
 * <ul>
 *   <li>{@link dev.warren.SandboxFiles} reads, writes, lists and archives files, {@link
 *       dev.warren.ExecRequest} describes a command, and {@link dev.warren.SandboxProcesses} keeps
 *       programs running beyond the call that started them.
 *   <li>{@link dev.warren.SandboxSpec} is what a sandbox may do: its image, {@link
 *       dev.warren.ResourceLimits}, {@link dev.warren.Network}, {@link dev.warren.Mount mounts} and
 *       {@link dev.warren.Hardening}. Every default is the safe one.
 *   <li>Every failure is a {@link dev.warren.SandboxException}, whose {@link
 *       dev.warren.SandboxException.Code} tells what to do about it.
 * </ul>
 *
 * <p>Methods block, and an interrupt ends them. Nothing takes or returns {@code null} unless it
 * says so. Runtimes for container engines are artifacts of their own; to write one, see {@code
 * dev.warren.spi}.
 */
@NullMarked
package dev.warren;

import org.jspecify.annotations.NullMarked;
