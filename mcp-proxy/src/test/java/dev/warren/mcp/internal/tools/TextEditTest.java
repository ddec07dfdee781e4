package dev.warren.mcp.internal.tools;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class TextEditTest {

  private static String edit(String text, String oldText, String newText) throws ToolFailure {
    return TextEdit.replaceOnce("f", text, oldText, newText);
  }

  @Test
  void replaceOnce_exactText_changesOnlyThat() throws Exception {
    assertThat(edit("one\ntwo\nthree\n", "two", "2")).isEqualTo("one\n2\nthree\n");
    assertThat(edit("a  \nb\n", "b", "")).isEqualTo("a  \n\n");
  }

  @Test
  void replaceOnce_absentText_fails() {
    assertThatThrownBy(() -> edit("one", "two", "x"))
        .hasMessageContaining("could not find the exact text in f");
  }

  @Test
  void replaceOnce_severalOccurrences_failWithTheirNumber() {
    assertThatThrownBy(() -> edit("x x x", "x", "y")).hasMessageContaining("found 3 occurrences");
    assertThatThrownBy(() -> edit("aaa", "aa", "b")).hasMessageContaining("found 2 occurrences");
    assertThatThrownBy(() -> edit("a \u2019b\u2019 \u2018b\u2019", "'b'", "c"))
        .hasMessageContaining("found 2 occurrences");
  }

  @Test
  void replaceOnce_oneExactAndOneSimilar_takesTheExact() throws Exception {
    assertThat(edit("say 'a' or \u2018a\u2019", "'a'", "b")).isEqualTo("say b or \u2018a\u2019");
  }

  @Test
  void replaceOnce_sameText_fails() {
    assertThatThrownBy(() -> edit("a\r\nb", "a\nb", "a\nb"))
        .hasMessageContaining("no changes made");
  }

  @Test
  void replaceOnce_onlyBlanks_isFoundExactlyOrNotAtAll() throws Exception {
    assertThat(edit("a\tb", "\t", " ")).isEqualTo("a b");
    assertThatThrownBy(() -> edit("ab", "  ", "x")).isInstanceOf(ToolFailure.class);
  }

  @Test
  void replaceOnce_inATextWithCrLf_keepsItsLineEnds() throws Exception {
    assertThat(edit("a\r\nb\r\nc\r\n", "a\nb\n", "x\ny\nz\n")).isEqualTo("x\r\ny\r\nz\r\nc\r\n");
    assertThat(edit("a\r\nb", "\nb", "\nc")).isEqualTo("a\r\nc");
    assertThat(edit("a\nb\r\nc", "a\nb", "1\n2")).isEqualTo("1\n2\r\nc");
  }

  @Test
  void replaceOnce_withAByteOrderMark_keepsIt() throws Exception {
    assertThat(edit("\uFEFFfirst\n", "first", "1st")).isEqualTo("\uFEFF1st\n");
    assertThat(edit("\uFEFFfirst\n", "\uFEFFfirst", "1st")).isEqualTo("\uFEFF1st\n");
  }

  @Test
  void replaceOnce_withTolerance_leavesTheRestByteForByte() throws Exception {
    String text = "\u201Ckeep\u201D  \nsay \u201Chi\u201D \u2013 now\u00A0\t\n\u2018end\u2019 \t\n";
    assertThat(edit(text, "say \"hi\" - now\n", "said\n"))
        .isEqualTo("\u201Ckeep\u201D  \nsaid\n\u2018end\u2019 \t\n");
    assertThat(edit("x = 1   \ny = 2\t\n", "x = 1\ny", "x = 3\ny")).isEqualTo("x = 3\ny = 2\t\n");
  }
}
