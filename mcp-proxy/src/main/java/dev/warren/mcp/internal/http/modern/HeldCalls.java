package dev.warren.mcp.internal.http.modern;

import dev.warren.mcp.internal.http.budget.Caller;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The calls of one caller that wait for input, each under the state its client has. Thread-safe.
 */
final class HeldCalls implements StatelessCall.Holder {
  private final Caller caller;
  private final int limit;
  private final StateSigner signer;
  private final Map<Long, StatelessCall> held = new ConcurrentHashMap<>();

  HeldCalls(Caller caller, int limit, StateSigner signer) {
    this.caller = caller;
    this.limit = limit;
    this.signer = signer;
  }

  @Override
  public Optional<String> hold(StatelessCall call) {
    if (held.size() >= limit) {
      return Optional.empty();
    }
    long number = signer.nextNumber();
    held.put(number, call);
    return Optional.of(signer.sign(number, caller));
  }

  @Override
  public void expire(StatelessCall call) {
    if (held.values().remove(call)) {
      call.cancel("the client brought no input in time");
    }
  }

  /** The call of a state, which is used up by it. */
  Optional<StatelessCall> take(String state, StatelessRequest retry) {
    OptionalLong number = signer.verify(state, caller);
    if (number.isEmpty()) {
      return Optional.empty();
    }
    StatelessCall call = held.get(number.getAsLong());
    return call != null && call.isFor(retry) && held.remove(number.getAsLong(), call)
        ? Optional.of(call)
        : Optional.empty();
  }

  boolean isEmpty() {
    return held.isEmpty();
  }

  void cancelAll(String reason) {
    held.values().forEach(call -> call.cancel(reason));
  }
}
