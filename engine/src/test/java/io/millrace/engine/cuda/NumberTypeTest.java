package io.millrace.engine.cuda;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;

final class NumberTypeTest {
  private static final int INFINITE = 0x7c00;

  @Test
  void float16_keepsEveryNumberThatItHas() {
    for (int bits = 0; bits <= INFINITE; bits++) {
      assertThat(float16(size(bits))).isEqualTo(bits);
      assertThat(float16(-size(bits))).isEqualTo(bits | 0x8000);
    }
    assertThat(float16(Float.NaN) & 0x7fff).isGreaterThan(INFINITE);
  }

  @Test
  void float16_takesTheNearestAndOfTwoTheEvenOne() {
    for (int bits = 0; bits < INFINITE; bits++) {
      // As doubles, in which the middle is exact; the largest is followed by one that is not there.
      double next = bits + 1 == INFINITE ? 65536 : size(bits + 1);
      float middle = (float) ((size(bits) + next) / 2);
      assertThat(float16(middle)).isEqualTo(bits % 2 == 0 ? bits : bits + 1);
      assertThat(float16(Math.nextDown(middle))).isEqualTo(bits);
      assertThat(float16(Math.nextUp(middle))).isEqualTo(bits + 1);
    }
    assertThat(float16(1e30f)).isEqualTo(INFINITE);
  }

  @Test
  void bfloat16_takesTheNearestAndOfTwoTheEvenOne() {
    assertThat(bits(NumberType.BFLOAT16, 1)).isEqualTo(0x3f80);
    assertThat(bits(NumberType.BFLOAT16, Float.intBitsToFloat(0x3f808000))).isEqualTo(0x3f80);
    assertThat(bits(NumberType.BFLOAT16, Float.intBitsToFloat(0x3f818000))).isEqualTo(0x3f82);
    assertThat(bits(NumberType.BFLOAT16, Float.intBitsToFloat(0x3f808001))).isEqualTo(0x3f81);
  }

  private static float size(int bits) {
    int exponent = bits >> 10;
    int fraction = bits & 1023;
    if (bits == INFINITE) {
      return Float.POSITIVE_INFINITY;
    }
    return exponent == 0
        ? fraction * 0x1p-24f
        : (float) ((1 + fraction / 1024.0) * Math.pow(2, exponent - 15));
  }

  private static int float16(float value) {
    return bits(NumberType.FLOAT16, value);
  }

  private static int bits(NumberType type, float value) {
    ByteBuffer bytes = ByteBuffer.allocate(type.bytes());
    type.put(bytes, 0, value);
    return bytes.getShort(0) & 0xffff;
  }
}
