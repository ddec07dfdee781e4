package dev.warren.containerd.internal.content;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/** Writes the headers of regular files in a tar, owned by root. */
public final class TarHeader {
  public static final int BLOCK = 512;

  private static final int NAME = 100;
  private static final byte REGULAR = '0';
  private static final byte EXTENDED = 'x';

  private TarHeader() {}

  public static int padding(long size) {
    return (int) ((BLOCK - size % BLOCK) % BLOCK);
  }

  /** With an extended header before it where the name is long. */
  public static byte[] file(String name, int mode, long size) {
    byte[] bytes = name.getBytes(StandardCharsets.UTF_8);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    if (bytes.length > NAME || bytes.length != name.length()) {
      byte[] record = record("path", name);
      out.writeBytes(block("pax", 0644, record.length, EXTENDED));
      out.writeBytes(record);
      out.writeBytes(new byte[padding(record.length)]);
    }
    out.writeBytes(block(name, mode, size, REGULAR));
    return out.toByteArray();
  }

  /** The length counts itself. */
  private static byte[] record(String key, String value) {
    String rest = " " + key + "=" + value + "\n";
    int length = rest.getBytes(StandardCharsets.UTF_8).length;
    int total = length + Integer.toString(length).length();
    if (Integer.toString(total).length() != Integer.toString(length).length()) {
      total = length + Integer.toString(total).length();
    }
    return (total + rest).getBytes(StandardCharsets.UTF_8);
  }

  private static byte[] block(String name, int mode, long size, byte type) {
    byte[] block = new byte[BLOCK];
    put(block, 0, NAME, name);
    put(block, 100, 8, String.format("%07o", mode & 07777));
    put(block, 108, 8, "0000000");
    put(block, 116, 8, "0000000");
    put(block, 124, 12, String.format("%011o", size));
    put(block, 136, 12, "00000000000");
    put(block, 148, 8, "        ");
    block[156] = type;
    put(block, 257, 8, "ustar\00000");
    int sum = 0;
    for (byte value : block) {
      sum += value & 0xFF;
    }
    put(block, 148, 8, String.format("%06o\0 ", sum));
    return block;
  }

  private static void put(byte[] block, int offset, int length, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    System.arraycopy(bytes, 0, block, offset, Math.min(length, bytes.length));
  }
}
