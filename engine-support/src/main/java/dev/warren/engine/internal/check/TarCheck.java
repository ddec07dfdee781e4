package dev.warren.engine.internal.check;

import dev.warren.SandboxException;
import dev.warren.SandboxException.Code;
import org.jspecify.annotations.Nullable;

/**
 * Follows a tar from header to header, so that a damaged or a cut one is refused before any of it
 * is applied. What the entries say is for the daemon, which keeps them inside the layer.
 */
public final class TarCheck {
  private static final int BLOCK = 512;
  private static final int SUM = 148;
  private static final int SUM_LENGTH = 8;
  private static final int SIZE = 124;
  private static final int SIZE_LENGTH = 12;
  private static final int TYPE = 156;

  private final String operation;
  private final String subject;
  private final byte[] header = new byte[BLOCK];
  private int filled;
  private long toSkip;
  private boolean ended;

  /** Nothing was taken yet; both are named by errors. */
  public TarCheck(String operation, String subject) {
    this.operation = operation;
    this.subject = subject;
  }

  /**
   * Takes the next bytes; none at the end.
   *
   * @throws SandboxException {@code INVALID_ARGUMENT}
   */
  public void accept(byte[] bytes) {
    if (bytes.length == 0) {
      finish();
      return;
    }
    int at = 0;
    while (at < bytes.length && !ended) {
      if (toSkip > 0) {
        int skipped = (int) Math.min(toSkip, bytes.length - at);
        toSkip -= skipped;
        at += skipped;
        continue;
      }
      int taken = Math.min(BLOCK - filled, bytes.length - at);
      System.arraycopy(bytes, at, header, filled, taken);
      filled += taken;
      at += taken;
      if (filled == BLOCK) {
        filled = 0;
        read();
      }
    }
  }

  private void finish() {
    if (!ended && (toSkip > 0 || filled > 0)) {
      throw damaged("it ends in the middle", null);
    }
    if (!ended) {
      throw damaged("it has no end mark", null);
    }
  }

  private void read() {
    long sum = 0;
    boolean empty = true;
    for (int i = 0; i < BLOCK; i++) {
      boolean inSum = i >= SUM && i < SUM + SUM_LENGTH;
      sum += inSum ? ' ' : header[i] & 0xFF;
      empty &= header[i] == 0;
    }
    if (empty) {
      ended = true;
      return;
    }
    if (octal(SUM, SUM_LENGTH) != sum) {
      throw damaged("a header does not match its sum", null);
    }
    // Links, devices and directories have no contents, whatever their size field says.
    boolean hasContents = "123456".indexOf(header[TYPE]) < 0;
    long size = hasContents ? size() : 0;
    toSkip = (size + BLOCK - 1) / BLOCK * BLOCK;
  }

  private long size() {
    long size;
    if ((header[SIZE] & 0x80) == 0) {
      size = octal(SIZE, SIZE_LENGTH);
    } else {
      size = header[SIZE] & 0x7F;
      for (int i = SIZE + 1; i < SIZE + SIZE_LENGTH; i++) {
        size = (size << 8) | (header[i] & 0xFF);
      }
    }
    if (size < 0 || size > Long.MAX_VALUE - BLOCK) {
      throw damaged("a size is out of range", null);
    }
    return size;
  }

  private long octal(int offset, int length) {
    StringBuilder digits = new StringBuilder();
    for (int i = offset; i < offset + length; i++) {
      if (header[i] > ' ') {
        digits.append((char) header[i]);
      }
    }
    try {
      return digits.length() == 0 ? 0 : Long.parseLong(digits.toString(), 8);
    } catch (NumberFormatException e) {
      throw damaged("a header has a bad number", e);
    }
  }

  private SandboxException damaged(String how, @Nullable Throwable cause) {
    return SandboxException.of(Code.INVALID_ARGUMENT, operation, subject)
        .reason("BAD_ARCHIVE")
        .detail("the archive is damaged: " + how)
        .cause(cause)
        .build();
  }
}
