package io.millrace.models.text;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * The 256 printable characters that byte-level BPE writes bytes with, from GPT-2's {@code
 * bytes_to_unicode}: Latin-1's visible characters stand for themselves, the other 68 bytes for
 * U+0100 onwards.
 */
final class ByteAlphabet {
  private static final int SIZE = 256;
  private static final int[] BYTE_OF = new int[2 * SIZE];

  static {
    Arrays.fill(BYTE_OF, -1);
    int next = SIZE;
    for (int b = 0; b < SIZE; b++) {
      BYTE_OF[isVisible(b) ? b : next++] = b;
    }
  }

  private ByteAlphabet() {}

  private static boolean isVisible(int b) {
    return b >= '!' && b <= '~' || b >= 0xA1 && b <= 0xAC || b >= 0xAE;
  }

  /** What a token stands for; one with any other character, such as a space, is plain text. */
  static byte[] bytesOf(String token) {
    byte[] bytes = new byte[token.length()];
    for (int i = 0; i < bytes.length; i++) {
      char c = token.charAt(i);
      if (c >= BYTE_OF.length || BYTE_OF[c] < 0) {
        return token.getBytes(StandardCharsets.UTF_8);
      }
      bytes[i] = (byte) BYTE_OF[c];
    }
    return bytes;
  }
}
