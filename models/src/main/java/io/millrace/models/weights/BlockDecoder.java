package io.millrace.models.weights;

/**
 * Dequantises a block of one of ggml's types, exactly as {@code dequantize_row_*} does there: with
 * the same float32 operations in the same order.
 *
 * @see <a href="https://github.com/ggml-org/ggml/blob/master/src/ggml-quants.c">ggml-quants.c</a>
 */
@FunctionalInterface
interface BlockDecoder {
  /**
   * @param at where the block begins in {@code block}
   * @param to where its numbers go in {@code out}
   */
  void decode(byte[] block, int at, float[] out, int to);

  static BlockDecoder of(ElementType type) {
    return switch (type) {
      case Q4_0 -> SmallBlocks::q40;
      case Q4_1 -> SmallBlocks::q41;
      case Q5_0 -> SmallBlocks::q50;
      case Q5_1 -> SmallBlocks::q51;
      case Q8_0 -> SmallBlocks::q80;
      case Q4_K -> SuperBlocks::q4k;
      case Q5_K -> SuperBlocks::q5k;
      case Q6_K -> SuperBlocks::q6k;
      default -> throw new IllegalArgumentException(type + " is not quantised");
    };
  }

  /** A float16, little-endian. */
  static float half(byte[] bytes, int at) {
    int bits = bytes[at] & 0xff | (bytes[at + 1] & 0xff) << 8;
    int sign = (bits & 0x8000) << 16;
    int exponent = bits >> 10 & 0x1f;
    int fraction = bits & 0x3ff;
    if (exponent == 0) {
      float magnitude = fraction * 0x1p-24f;
      return sign == 0 ? magnitude : -magnitude;
    }
    int wide = exponent == 0x1f ? 0xff : exponent + 112;
    return Float.intBitsToFloat(sign | wide << 23 | fraction << 13);
  }
}
