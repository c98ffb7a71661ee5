package io.millrace.models.weights;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.testing.LittleEndian;
import java.util.function.IntToDoubleFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Vectors from the definition of each block: what a number is, said number by number. */
class BlockDecoderTest {
  private static final int HALF = 0x3800;
  private static final int QUARTER = 0x3400;
  private static final int MINUS_ONE = 0xbc00;

  /** Six-bit scales and minima of eight groups; the last four do not fit four bits. */
  private static final int[] SCALES = {1, 2, 33, 63, 4, 21, 42, 63};

  private static final int[] MINIMA = {0, 5, 62, 17, 3, 18, 49, 50};

  @ParameterizedTest
  @CsvSource({
    "0x0000, 0",
    "0x8000, -0.0",
    "0x3c00, 1",
    "0xc000, -2",
    "0x7bff, 65504",
    "0x0001, 5.9604645E-8",
    "0x83ff, -6.097555E-5",
    "0x0400, 6.1035156E-5",
    "0x3555, 0.33325195",
    "0x7c00, Infinity",
    "0xfc00, -Infinity",
    "0x7e00, NaN"
  })
  void half_isIeee754(String bits, Float value) {
    byte[] bytes = new LittleEndian().u16(Integer.decode(bits)).toBytes();

    assertThat(BlockDecoder.half(bytes, 0)).isEqualTo(value);
  }

  @Test
  void q40_isCenteredOnEight() {
    LittleEndian block = new LittleEndian().u16(HALF);
    nibbles(block, i -> i % 16, 16);

    check(ElementType.Q4_0, block, i -> 0.5 * (i % 16 - 8));
  }

  @Test
  void q41_startsAtItsMinimum() {
    LittleEndian block = new LittleEndian().u16(HALF).u16(MINUS_ONE);
    nibbles(block, i -> 15 - i % 16, 16);

    check(ElementType.Q4_1, block, i -> 0.5 * (15 - i % 16) - 1);
  }

  @Test
  void q50_takesTheFifthBitFromTheMask() {
    LittleEndian block = new LittleEndian().u16(HALF).u32(mask(i -> i));
    nibbles(block, i -> i & 0xf, 16);

    check(ElementType.Q5_0, block, i -> 0.5 * (i - 16));
  }

  @Test
  void q51_takesTheFifthBitFromTheMask() {
    LittleEndian block = new LittleEndian().u16(HALF).u16(MINUS_ONE).u32(mask(i -> 7 * i % 32));
    nibbles(block, i -> 7 * i % 32 & 0xf, 16);

    check(ElementType.Q5_1, block, i -> 0.5 * (7 * i % 32) - 1);
  }

  @Test
  void q80_isSigned() {
    LittleEndian block = new LittleEndian().u16(QUARTER);
    for (int i = 0; i < 32; i++) {
      block.u8(8 * i - 128);
    }

    check(ElementType.Q8_0, block, i -> 0.25 * (8 * i - 128));
  }

  @Test
  void q4k_scalesEachGroupOf32() {
    LittleEndian block = new LittleEndian().u16(HALF).u16(QUARTER);
    packedScales(block);
    for (int pair = 0; pair < 4; pair++) {
      int first = 64 * pair;
      nibbles(block, i -> quant(first + i, 16), 32);
    }

    check(
        ElementType.Q4_K, block, i -> 0.5 * SCALES[i / 32] * quant(i, 16) - 0.25 * MINIMA[i / 32]);
  }

  @Test
  void q5k_keepsTheFifthBitsOfAGroupInOneBitOfEachByte() {
    LittleEndian block = new LittleEndian().u16(HALF).u16(QUARTER);
    packedScales(block);
    for (int i = 0; i < 32; i++) {
      int bits = 0;
      for (int group = 0; group < 8; group++) {
        bits |= (quant(32 * group + i, 32) >> 4) << group;
      }
      block.u8(bits);
    }
    for (int pair = 0; pair < 4; pair++) {
      int first = 64 * pair;
      nibbles(block, i -> quant(first + i, 32) & 0xf, 32);
    }

    check(
        ElementType.Q5_K, block, i -> 0.5 * SCALES[i / 32] * quant(i, 32) - 0.25 * MINIMA[i / 32]);
  }

  @Test
  void q6k_scalesEachGroupOf16AndIsCenteredOn32() {
    LittleEndian block = new LittleEndian();
    for (int half = 0; half < 256; half += 128) {
      int first = half;
      nibbles(block, i -> quant(first + i, 64) & 0xf, 64);
    }
    for (int half = 0; half < 256; half += 128) {
      for (int i = 0; i < 32; i++) {
        int bits = 0;
        for (int quarter = 0; quarter < 4; quarter++) {
          bits |= (quant(half + 32 * quarter + i, 64) >> 4) << 2 * quarter;
        }
        block.u8(bits);
      }
    }
    for (int group = 0; group < 16; group++) {
      block.u8(9 * group - 70);
    }
    block.u16(HALF);

    check(ElementType.Q6_K, block, i -> 0.5 * (9 * (i / 16) - 70) * (quant(i, 64) - 32));
  }

  /** A quant that differs between neighbours, groups and halves. */
  private static int quant(int i, int levels) {
    return (11 * i + 5 * (i / 32) + i / 128) % levels;
  }

  private interface Quants {
    int at(int i);
  }

  /** Bytes of two quants: that of the first half in the low bits, of the second in the high. */
  private static void nibbles(LittleEndian block, Quants quants, int bytes) {
    for (int i = 0; i < bytes; i++) {
      block.u8(quants.at(i) | quants.at(i + bytes) << 4);
    }
  }

  private static long mask(Quants quants) {
    long mask = 0;
    for (int i = 0; i < 32; i++) {
      mask |= (long) (quants.at(i) >> 4) << i;
    }
    return mask;
  }

  /** Groups 0 to 3: six bits each. Groups 4 to 7: four bits together, two above the first ones. */
  private static void packedScales(LittleEndian block) {
    for (int i = 0; i < 4; i++) {
      block.u8(SCALES[i] | SCALES[i + 4] >> 4 << 6);
    }
    for (int i = 0; i < 4; i++) {
      block.u8(MINIMA[i] | MINIMA[i + 4] >> 4 << 6);
    }
    for (int i = 4; i < 8; i++) {
      block.u8(SCALES[i] & 0xf | (MINIMA[i] & 0xf) << 4);
    }
  }

  /** Decodes the block from the middle of an array into the middle of another. */
  private static void check(ElementType type, LittleEndian block, IntToDoubleFunction expected) {
    assertThat(block.size()).isEqualTo(type.blockBytes());
    byte[] bytes = new LittleEndian().u8(0xff).bytes(block.toBytes()).u8(0xff).toBytes();
    float[] out = new float[type.blockElements() + 2];
    BlockDecoder.of(type).decode(bytes, 1, out, 1);

    assertThat(out[0]).isZero();
    assertThat(out[out.length - 1]).isZero();
    for (int i = 0; i < type.blockElements(); i++) {
      assertThat(out[i + 1])
          .as("%s number %d", type, i)
          .isEqualTo((float) expected.applyAsDouble(i));
    }
  }
}
