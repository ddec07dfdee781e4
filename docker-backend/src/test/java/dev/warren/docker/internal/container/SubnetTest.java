package dev.warren.docker.internal.container;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.warren.SandboxException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SubnetTest {
  @Test
  void part_dividesEqually() {
    Subnet subnet = Subnet.parse("10.214.0.0/16");
    assertThat(subnet.part(2, 0)).isEqualTo("10.214.0.0/17");
    assertThat(subnet.lastOf(2, 0)).isEqualTo("10.214.127.254");
    assertThat(subnet.lastOf(4, 3)).isEqualTo("10.214.255.254");
    assertThat(subnet.part(4, 2)).isEqualTo("10.214.128.0/18");
    assertThat(subnet.part(4, 3)).isEqualTo("10.214.192.0/18");
    assertThat(Subnet.parse("192.168.1.0/26").part(4, 3)).isEqualTo("192.168.1.48/28");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "10.0.0.0", "10.0.0.1/24", "10.0.0.0/27", "300.0.0.0/8", "10.0.0.0/7"})
  void parse_bad_isInvalid(String text) {
    assertThatThrownBy(() -> Subnet.parse(text))
        .isInstanceOfSatisfying(
            SandboxException.class,
            failure ->
                assertThat(failure.code()).isEqualTo(SandboxException.Code.INVALID_ARGUMENT));
  }
}
