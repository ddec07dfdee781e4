/**
 * JSON-RPC with one process over its standard streams: {@link dev.warren.mcp.internal.rpc.RpcPeer}.
 * It knows lines, messages, ids and time, and nothing of MCP beyond the names of its cancel and
 * progress notifications.
 *
 * <p>Threads: the channel's thread reads, splits and matches answers; one thread writes; a shared
 * timer ends calls that take too long. None of them ever runs the code of a user: handlers,
 * listeners and dependents of futures run on {@link
 * dev.warren.mcp.internal.thread.CallbackThreads}.
 */
@NullMarked
package dev.warren.mcp.internal.rpc;

import org.jspecify.annotations.NullMarked;
