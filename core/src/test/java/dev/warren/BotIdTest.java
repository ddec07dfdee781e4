package dev.warren;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BotIdTest {

  @ParameterizedTest
  @ValueSource(strings = {"a", "bot-42", "Bot_42", "0", "a-b_c-d"})
  void of_acceptsWhatEveryEngineAccepts(String value) {
    assertThat(BotId.of(value)).hasToString(value);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "", ".", "..", "a/b", "../a", "a..b", "-a", "a-", "a--b", "a__b", "a-_b", "a b", "bött",
        "a\n", "a\0b", "機器人", "a.b"
      })
  void of_refusesTheRest_naming_the_rule(String value) {
    assertThatThrownBy(() -> BotId.of(value))
        .isInstanceOfSatisfying(
            SandboxException.class,
            e -> assertThat(e.code()).isEqualTo(SandboxException.Code.INVALID_ARGUMENT))
        .hasMessageContaining("check bot id")
        .hasMessageContaining("use ASCII letters and digits");
  }

  @ParameterizedTest
  @ValueSource(ints = {64, 300})
  void of_refusesWhatIsTooLong_withoutRepeatingIt(int length) {
    assertThatThrownBy(() -> BotId.of("a".repeat(length)))
        .isInstanceOf(SandboxException.class)
        .hasMessage(
            "check bot id aaaaaaaaaaaaaaaa…: it has "
                + length
                + " characters, at most 63 are allowed");
  }
}
