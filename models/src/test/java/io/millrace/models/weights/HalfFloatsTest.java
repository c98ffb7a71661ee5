package io.millrace.models.weights;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class HalfFloatsTest {
  @ParameterizedTest
  @CsvSource({
    "3c00, 1",
    "c000, -2",
    "0001, 5.9604645e-8",
    "8001, -5.9604645e-8",
    "7bff, 65504",
    "7c00, Infinity",
    "fc00, -Infinity",
    "7e00, NaN",
    "8000, -0.0"
  })
  void halves_areTheirNumbers(String bits, float number) {
    assertThat(Float.valueOf(HalfFloats.float16ToFloat((short) Integer.parseInt(bits, 16))))
        .isEqualTo(Float.valueOf(number));
  }

  @ParameterizedTest
  @CsvSource({
    "3f800000, 3f80",
    "3f808000, 3f80",
    "3f808001, 3f81",
    "3f818000, 3f82",
    "bf808001, bf81",
    "7f7fffff, 7f80",
    "80000000, 8000"
  })
  void bfloat16_isTheNearest_andTheEvenOneOfTwo(String bits, String half) {
    float value = Float.intBitsToFloat(Integer.parseUnsignedInt(bits, 16));
    int rounded = HalfFloats.floatToBfloat16(value);
    assertThat(Integer.toHexString(rounded)).isEqualTo(half);
    assertThat(Float.floatToRawIntBits(HalfFloats.bfloat16ToFloat(rounded)))
        .isEqualTo(Integer.parseUnsignedInt(half, 16) << Short.SIZE);
  }
}
