package dev.warren.docker.internal.network;

import java.net.InetAddress;
import java.net.InterfaceAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.util.Collections;

/** Which subnets this host is in. */
final class HostRoutes {
  private HostRoutes() {}

  /** Whether an interface of this host that is up has an address in the same IPv4 subnet. */
  static boolean reach(InetAddress address, int prefix) {
    try {
      for (NetworkInterface each : Collections.list(NetworkInterface.getNetworkInterfaces())) {
        if (each.isUp() && hasNeighbour(each, address, prefix)) {
          return true;
        }
      }
      return false;
    } catch (SocketException e) {
      return false;
    }
  }

  private static boolean hasNeighbour(NetworkInterface own, InetAddress address, int prefix) {
    return own.getInterfaceAddresses().stream()
        .map(InterfaceAddress::getAddress)
        .anyMatch(local -> sameSubnet(local, address, prefix));
  }

  static boolean sameSubnet(InetAddress one, InetAddress other, int prefix) {
    byte[] left = one.getAddress();
    byte[] right = other.getAddress();
    if (left.length != 4 || right.length != 4) {
      return false;
    }
    int mask = prefix == 0 ? 0 : -1 << (32 - prefix);
    return (ByteBuffer.wrap(left).getInt() & mask) == (ByteBuffer.wrap(right).getInt() & mask);
  }
}
