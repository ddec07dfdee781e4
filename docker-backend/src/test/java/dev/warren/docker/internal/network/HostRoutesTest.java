package dev.warren.docker.internal.network;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import org.junit.jupiter.api.Test;

class HostRoutesTest {
  @Test
  void sameSubnet_comparesThePrefix() throws Exception {
    InetAddress one = InetAddress.getByName("10.214.0.1");
    assertThat(HostRoutes.sameSubnet(one, InetAddress.getByName("10.214.1.9"), 16)).isTrue();
    assertThat(HostRoutes.sameSubnet(one, InetAddress.getByName("10.215.0.1"), 16)).isFalse();
    assertThat(HostRoutes.sameSubnet(one, InetAddress.getByAddress(new byte[16]), 16)).isFalse();
  }
}
