package io.millrace.engine.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.millrace.engine.decoder.RowReader;
import java.util.Arrays;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class RowsTest {
  /** Rows of two numbers: their index, and that plus a half. */
  private static final RowReader COUNTED =
      (first, count) -> {
        float[] rows = new float[2 * count];
        for (int i = 0; i < rows.length; i++) {
          rows[i] = first + i / 2 + (i % 2) / 2f;
        }
        return rows;
      };

  @ParameterizedTest
  @CsvSource({"0, 3", "3, 2", "1, 4", "0, 6"})
  void stacked_readsFromBoth(int first, int count) {
    RowReader both = Rows.stacked(COUNTED, 3, Rows.from(50, COUNTED));
    float[] rows = both.read(first, count);
    assertThat(rows).hasSize(2 * count);
    for (int i = 0; i < count; i++) {
      int at = first + i;
      assertThat(rows[2 * i]).isEqualTo(at < 3 ? at : 50 + at - 3);
    }
  }

  @Test
  void paired_interleavesTheHalvesOfEachHead_whereverItBegins() {
    RowReader paired = Rows.paired(COUNTED, 4);
    float[] whole = paired.read(0, 8);
    assertThat(firsts(whole)).containsExactly(0, 2, 1, 3, 4, 6, 5, 7);
    for (int first = 0; first < 8; first++) {
      for (int count = 1; count <= 8 - first; count++) {
        assertThat(paired.read(first, count))
            .isEqualTo(Arrays.copyOfRange(whole, 2 * first, 2 * (first + count)));
      }
    }
  }

  @Test
  void normalizedRows_haveLengthOne() {
    float[] rows = Rows.normalized(COUNTED).read(1, 3);
    for (int i = 0; i < 3; i++) {
      assertThat(Math.hypot(rows[2 * i], rows[2 * i + 1])).isCloseTo(1, within(1e-6));
    }
    assertThat(Rows.normalized((first, count) -> new float[2 * count]).read(0, 1))
        .containsExactly(0, 0);
  }

  @Test
  void roundedRows_areWholeStepsOfTheirLargest() {
    float[] rows =
        Rows.roundedToInt8((first, count) -> new float[] {1, -0.5f, 0.001f, 0}).read(0, 1);
    float step = Math.abs(rows[0]) / 127;
    assertThat(rows[0]).isCloseTo(1, within(0.005f));
    assertThat((double) rows[1] / step).isCloseTo(Math.rint(rows[1] / step), within(1e-4));
    assertThat(rows[1]).isCloseTo(-0.5f, within(step));
    assertThat(rows[2]).isZero();
  }

  @Test
  void rowsRoundedToInt4_haveSixteenLevels() {
    float[] counted = new float[64];
    for (int i = 0; i < counted.length; i++) {
      counted[i] = i % 32;
    }
    float[] rows = Rows.roundedToInt4((first, count) -> counted.clone()).read(0, 2);
    assertThat(rows).hasSize(64);
    assertThat(IntStream.range(0, 64).mapToObj(i -> rows[i]).distinct()).hasSize(16);
    for (int i = 0; i < 64; i++) {
      assertThat(rows[i]).isCloseTo(counted[i], within(1.2f));
    }
  }

  @Test
  void scaledRows_areMultiplied() {
    assertThat(Rows.scaled(COUNTED, 2).read(1, 1)).containsExactly(2, 3);
    assertThat(Rows.scaled(COUNTED, 1)).isSameAs(COUNTED);
  }

  private static float[] firsts(float[] rows) {
    float[] firsts = new float[rows.length / 2];
    for (int i = 0; i < firsts.length; i++) {
      firsts[i] = rows[2 * i];
    }
    return firsts;
  }
}
