package dev.warren.bench;

import java.io.InputStream;
import java.util.Arrays;

/** A source of bytes that costs nearly nothing. */
final class Zeros extends InputStream {
  private long rest;

  Zeros(long length) {
    this.rest = length;
  }

  @Override
  public int read() {
    if (rest == 0) {
      return -1;
    }
    rest--;
    return 0;
  }

  @Override
  public int read(byte[] buffer, int offset, int length) {
    if (rest == 0) {
      return -1;
    }
    int count = (int) Math.min(rest, length);
    Arrays.fill(buffer, offset, offset + count, (byte) 0);
    rest -= count;
    return count;
  }
}
