package io.millrace.models.weights;

/**
 * Dequantises ggml's k-quants (Q4_K, Q5_K, Q6_K), blocks of 256 numbers: groups of 32 (in Q6_K of
 * 16) with small integer scales, which are themselves scaled by one float16 for the whole block.
 */
final class SuperBlocks {
  private static final int GROUP = 32;

  private SuperBlocks() {}

  /** d, dmin, 12 bytes of scales and minima, 128 bytes: q (d scale) - dmin min. */
  static void q4k(byte[] block, int at, float[] out, int to) {
    float d = BlockDecoder.half(block, at);
    float dmin = BlockDecoder.half(block, at + 2);
    int quants = at + 16;
    for (int group = 0; group < 8; group++) {
      float scale = d * scale(block, at + 4, group);
      float min = dmin * min(block, at + 4, group);
      int shift = group % 2 * 4;
      for (int i = 0; i < GROUP; i++) {
        int q = block[quants + group / 2 * GROUP + i] >> shift & 0xf;
        out[to + group * GROUP + i] = scale * q - min;
      }
    }
  }

  /** As Q4_K, with 32 bytes before the quants: bit g of byte i is the fifth of group g's i-th. */
  static void q5k(byte[] block, int at, float[] out, int to) {
    float d = BlockDecoder.half(block, at);
    float dmin = BlockDecoder.half(block, at + 2);
    int fifth = at + 16;
    int quants = fifth + GROUP;
    for (int group = 0; group < 8; group++) {
      float scale = d * scale(block, at + 4, group);
      float min = dmin * min(block, at + 4, group);
      int shift = group % 2 * 4;
      for (int i = 0; i < GROUP; i++) {
        int low = block[quants + group / 2 * GROUP + i] >> shift & 0xf;
        int q = low | (block[fifth + i] >> group & 1) << 4;
        out[to + group * GROUP + i] = scale * q - min;
      }
    }
  }

  /** 128 bytes of low halves, 64 of upper bit pairs, 16 signed scales, d: (q - 32) (d scale). */
  static void q6k(byte[] block, int at, float[] out, int to) {
    int pairs = at + 128;
    int scales = pairs + 64;
    float d = BlockDecoder.half(block, scales + 16);
    for (int group = 0; group < 8; group++) {
      int half = group / 4;
      int quarter = group % 4;
      int low = at + half * 64 + quarter % 2 * GROUP;
      int high = pairs + half * GROUP;
      for (int i = 0; i < GROUP; i++) {
        float scale = d * block[scales + 2 * group + i / 16];
        int q = block[low + i] >> quarter / 2 * 4 & 0xf | (block[high + i] >> 2 * quarter & 3) << 4;
        out[to + group * GROUP + i] = scale * (q - 32);
      }
    }
  }

  /** Six bits; those of groups 4 to 7 are split, and their upper two lie with groups 0 to 3. */
  private static int scale(byte[] block, int scales, int group) {
    return group < 4
        ? block[scales + group] & 63
        : block[scales + group + 4] & 0xf | (block[scales + group - 4] >> 6 & 3) << 4;
  }

  private static int min(byte[] block, int scales, int group) {
    return group < 4
        ? block[scales + group + 4] & 63
        : block[scales + group + 4] >> 4 & 0xf | (block[scales + group] >> 6 & 3) << 4;
  }
}
