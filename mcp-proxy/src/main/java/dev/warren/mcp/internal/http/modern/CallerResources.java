package dev.warren.mcp.internal.http.modern;

import dev.warren.mcp.McpEraCache;
import dev.warren.mcp.http.McpAccess;
import dev.warren.mcp.internal.http.budget.Caller;
import dev.warren.mcp.internal.http.budget.EndpointSettings;
import dev.warren.mcp.internal.http.budget.ProcessBudget;
import dev.warren.mcp.internal.http.exchange.HttpThreads;
import dev.warren.mcp.internal.message.Envelope;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * What one principal has at one server without a session: places for calls, the processes that
 * serve them, the calls that wait for input, and the subscriptions. Thread-safe.
 */
final class CallerResources {
  private final int maxCalls;
  private final ServerPool servers;
  private final HeldCalls held;
  private final Set<Subscription> subscriptions = ConcurrentHashMap.newKeySet();
  private final AtomicInteger running = new AtomicInteger();

  CallerResources(
      McpAccess.Granted access,
      EndpointSettings settings,
      HttpThreads threads,
      ProcessBudget budget,
      McpEraCache eras,
      StateSigner signer) {
    this.maxCalls = settings.limits().calls();
    this.servers =
        new ServerPool(access, settings, threads, budget, eras, this::notification, this::ended);
    this.held = new HeldCalls(Caller.of(access), maxCalls, signer);
  }

  ServerPool servers() {
    return servers;
  }

  HeldCalls held() {
    return held;
  }

  /** Takes one of the places for calls; false when there is none. */
  boolean enter() {
    if (running.incrementAndGet() > maxCalls) {
      running.decrementAndGet();
      return false;
    }
    return true;
  }

  void leave() {
    running.decrementAndGet();
  }

  /** Lets a subscription hear what the servers tell; false when there are too many. */
  boolean add(Subscription subscription) {
    return subscriptions.size() < maxCalls && subscriptions.add(subscription);
  }

  void remove(Subscription subscription) {
    subscriptions.remove(subscription);
  }

  boolean isUnused() {
    return servers.isEmpty() && held.isEmpty() && subscriptions.isEmpty() && running.get() == 0;
  }

  void close() {
    servers.close();
    subscriptions.forEach(Subscription::abort);
    held.cancelAll("the endpoint was closed");
  }

  private void notification(Envelope notification) {
    subscriptions.forEach(subscription -> subscription.notification(notification));
  }

  private void ended(ServerPool.Slot slot) {
    subscriptions.forEach(subscription -> subscription.processEnded(slot));
  }
}
