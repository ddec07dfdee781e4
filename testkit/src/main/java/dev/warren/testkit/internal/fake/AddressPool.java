package dev.warren.testkit.internal.fake;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.BitSet;
import java.util.Optional;

/** Addresses of the fake's network; the lowest free one first, so they are reused. Thread-safe. */
final class AddressPool {
  private static final int FIRST_HOST = 2;

  private final BitSet used = new BitSet();
  private final int size;

  AddressPool(int size) {
    this.size = size;
  }

  synchronized Optional<InetAddress> take() {
    int host = used.nextClearBit(0);
    if (host >= size) {
      return Optional.empty();
    }
    used.set(host);
    int number = host + FIRST_HOST;
    try {
      return Optional.of(
          InetAddress.getByAddress(new byte[] {10, 88, (byte) (number >> 8), (byte) number}));
    } catch (UnknownHostException e) {
      throw new IllegalStateException(e);
    }
  }

  synchronized void release(InetAddress address) {
    byte[] bytes = address.getAddress();
    used.clear((((bytes[2] & 0xFF) << 8) | (bytes[3] & 0xFF)) - FIRST_HOST);
  }
}
