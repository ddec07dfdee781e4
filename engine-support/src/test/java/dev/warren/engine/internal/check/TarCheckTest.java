package dev.warren.engine.internal.check;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import dev.warren.SandboxException;
import dev.warren.SandboxException.Code;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

class TarCheckTest {
  private static final int BLOCK = 512;

  /** One file of 700 bytes, and the end mark. */
  private static byte[] tar() {
    byte[] tar = new byte[BLOCK * 5];
    put(tar, 0, "file");
    put(tar, 124, "00000001274\0");
    put(tar, 148, "        ");
    put(tar, 156, "0");
    int sum = 0;
    for (int i = 0; i < BLOCK; i++) {
      sum += tar[i];
    }
    put(tar, 148, "%06o".formatted(sum));
    tar[154] = 0;
    return tar;
  }

  private static void put(byte[] target, int offset, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
    System.arraycopy(bytes, 0, target, offset, bytes.length);
  }

  private static void check(byte[] tar, int piece) {
    TarCheck check = new TarCheck("import into", "x");
    for (int at = 0; at < tar.length; at += piece) {
      check.accept(Arrays.copyOfRange(tar, at, Math.min(tar.length, at + piece)));
    }
    check.accept(new byte[0]);
  }

  private static void isInvalid(ThrowingCallable call) {
    assertThatThrownBy(call)
        .asInstanceOf(type(SandboxException.class))
        .extracting(SandboxException::code)
        .isEqualTo(Code.INVALID_ARGUMENT);
  }

  @Test
  void wholeArchive_passesInPiecesOfAnySize() {
    for (int piece : new int[] {1, 7, BLOCK, 4096}) {
      assertThatCode(() -> check(tar(), piece)).doesNotThrowAnyException();
    }
  }

  @Test
  void archiveThatIsCut_isInvalid() {
    for (int length : new int[] {0, 100, BLOCK, BLOCK + 10, BLOCK * 3}) {
      isInvalid(() -> check(Arrays.copyOf(tar(), length), 100));
    }
  }

  @Test
  void headerThatWasChanged_isInvalid() {
    byte[] tar = tar();
    tar[1] ^= 0x55;
    isInvalid(() -> check(tar, BLOCK));
  }
}
