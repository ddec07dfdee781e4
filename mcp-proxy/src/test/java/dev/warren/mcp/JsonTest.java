package dev.warren.mcp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.warren.SandboxException;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Values: how they are made and looked into. */
class JsonTest {
  private static final String EVERY_ESCAPE =
      "\"\\/\b\f\n\r\t\u0000\u001f\u007f\u00e4\u2028\ud83d\ude00";

  record Point(int x, List<String> names) {}

  @Test
  void of_anyValue_isWhatJacksonWrites() throws Exception {
    Map<String, Object> value = new LinkedHashMap<>();
    value.put("text", EVERY_ESCAPE);
    value.put(EVERY_ESCAPE, "");
    value.put("numbers", Arrays.asList(1, -2L, 1.5, 2.0f, new BigDecimal("1.00"), (short) 3));
    value.put(
        "others",
        Arrays.asList(true, false, null, 'c', new int[] {1, 2}, new Point(1, List.of("a"))));
    value.put("empty", List.of(Map.of(), List.of(), ""));
    value.put("nested", Map.of("a", Map.of("b", List.of(Map.of("c", "d")))));

    assertThat(Json.of(value)).hasToString(new ObjectMapper().writeValueAsString(value));
    assertThat(Json.parse(Json.of(value).toString()).string("/text")).contains(EVERY_ESCAPE);
  }

  @Test
  void of_valueThatHasJsonInIt_keepsItsText() {
    Json inner = Json.parse("{\"a\":1.0e0}");

    assertThat(Json.of(Map.of("inner", List.of(inner)))).hasToString("{\"inner\":[{\"a\":1.0e0}]}");
  }

  @Test
  void of_keyThatIsNoString_isItsText() {
    assertThat(Json.of(Map.of(1, 2))).hasToString("{\"1\":2}");
  }

  @Test
  void of_nestedTooDeep_isRefused() {
    Object value = "end";
    for (int i = 0; i < 1_001; i++) {
      value = new ArrayList<>(List.of(value));
    }
    Object deep = value;

    assertThatThrownBy(() -> Json.of(deep))
        .isInstanceOf(SandboxException.class)
        .hasMessageContaining("nested too deep");
  }

  @Test
  void of_valueWithoutJsonForm_isRefused() {
    assertThatThrownBy(() -> Json.of(Map.of("a", new Object())))
        .isInstanceOf(SandboxException.class);
  }

  @ParameterizedTest
  @CsvSource(
      value = {
        "/a | 1",
        "/ | 2",
        "/a~1b | 3",
        "/m~0n | 4",
        "/list/1 | 6",
        "/deep/er | 7",
        "/0 | 8",
        "/nothing |",
        "/a/b |",
        "/list/2 |"
      },
      delimiter = '|')
  void at_pointer_findsAsRfc6901Says(String pointer, String expected) {
    Json value =
        Json.parse(
            "{\"a\":1,\"\":2,\"a/b\":3,\"m~n\":4,\"list\":[5,6],\"deep\":{\"er\":7},\"0\":8}");

    assertThat(value.at(pointer).map(Json::toString).orElse(null)).isEqualTo(expected);
  }

  @Test
  void at_indexOfArray_findsTheElement() {
    assertThat(Json.parse("[1,2]").at("/1")).contains(Json.of(2));
  }

  @Test
  void at_emptyPointer_isTheValue() {
    assertThat(Json.parse("{\"a\":1}").at("")).contains(Json.parse("{\"a\":1}"));
  }
}
