package io.millrace.models.weights;

/**
 * Dequantises ggml's types of blocks of 32 numbers (Q4_0, Q4_1, Q5_0, Q5_1, Q8_0): a float16 scale
 * {@code d}, for some a float16 minimum {@code m}, for those of five bits a mask of the fifth, and
 * then the quants. Byte {@code i} of the quants holds number {@code i} in its low half and number
 * {@code i + 16} in its high half.
 */
final class SmallBlocks {
  private static final int HALF = 16;

  private SmallBlocks() {}

  /** d, 16 bytes: (q - 8) d. */
  static void q40(byte[] block, int at, float[] out, int to) {
    float d = BlockDecoder.half(block, at);
    for (int i = 0; i < HALF; i++) {
      int pair = block[at + 2 + i];
      out[to + i] = ((pair & 0xf) - 8) * d;
      out[to + i + HALF] = ((pair >> 4 & 0xf) - 8) * d;
    }
  }

  /** d, m, 16 bytes: q d + m. */
  static void q41(byte[] block, int at, float[] out, int to) {
    float d = BlockDecoder.half(block, at);
    float m = BlockDecoder.half(block, at + 2);
    for (int i = 0; i < HALF; i++) {
      int pair = block[at + 4 + i];
      out[to + i] = (pair & 0xf) * d + m;
      out[to + i + HALF] = (pair >> 4 & 0xf) * d + m;
    }
  }

  /** d, mask, 16 bytes: (q - 16) d. */
  static void q50(byte[] block, int at, float[] out, int to) {
    float d = BlockDecoder.half(block, at);
    int fifth = mask(block, at + 2);
    for (int i = 0; i < HALF; i++) {
      int pair = block[at + 6 + i];
      out[to + i] = ((pair & 0xf | (fifth >> i & 1) << 4) - 16) * d;
      out[to + i + HALF] = ((pair >> 4 & 0xf | (fifth >> i + HALF & 1) << 4) - 16) * d;
    }
  }

  /** d, m, mask, 16 bytes: q d + m. */
  static void q51(byte[] block, int at, float[] out, int to) {
    float d = BlockDecoder.half(block, at);
    float m = BlockDecoder.half(block, at + 2);
    int fifth = mask(block, at + 4);
    for (int i = 0; i < HALF; i++) {
      int pair = block[at + 8 + i];
      out[to + i] = (pair & 0xf | (fifth >> i & 1) << 4) * d + m;
      out[to + i + HALF] = (pair >> 4 & 0xf | (fifth >> i + HALF & 1) << 4) * d + m;
    }
  }

  /** d, 32 signed bytes: q d. */
  static void q80(byte[] block, int at, float[] out, int to) {
    float d = BlockDecoder.half(block, at);
    for (int i = 0; i < 2 * HALF; i++) {
      out[to + i] = block[at + 2 + i] * d;
    }
  }

  private static int mask(byte[] block, int at) {
    return block[at] & 0xff
        | (block[at + 1] & 0xff) << 8
        | (block[at + 2] & 0xff) << 16
        | (block[at + 3] & 0xff) << 24;
  }
}
