/**
 * Where everything runs that is neither reading nor writing. User code runs on {@link
 * dev.warren.mcp.internal.thread.CallbackThreads}, a JDK executor. Three small types add what no
 * executor of the JDK does:
 *
 * <ul>
 *   <li>{@link dev.warren.mcp.internal.thread.CallbackBatches}: the callbacks of one read share a
 *       thread, which is far cheaper than one task each, yet a slow one delays the rest by 2 ms at
 *       most.
 *   <li>{@link dev.warren.mcp.internal.thread.SerialQueue}: tasks run in order without holding a
 *       thread for each connection, and are bounded in bytes as well as in number.
 *   <li>{@link dev.warren.mcp.internal.thread.Timer}: one shared scheduler thread, and a seam at
 *       which tests make time pass.
 * </ul>
 */
@NullMarked
package dev.warren.mcp.internal.thread;

import org.jspecify.annotations.NullMarked;
