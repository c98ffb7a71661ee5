package io.millrace.engine.decoder;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.millrace.engine.decoder.vector.TinyShape;
import io.millrace.engine.decoder.vector.WeightFormat;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * However a row is cut, whoever looks at its pieces and when, the first of its largest is found.
 */
final class ArgmaxTest {
  private static final int ROWS = 7;

  private final Random random = new Random(17);

  /** A piece of a row. */
  private record Piece(int row, int from, int count) {}

  @BeforeAll
  static void require() {
    assumeTrue(WeightFormat.areAvailable());
  }

  @ParameterizedTest
  @CsvSource({"1, 1, 1", "1, 75, 32", "2, 200, 64", "3, 64, 7", "4, 1000, 32", "8, 33, 33"})
  void tokens_areTheFirstOfTheLargest(int lanes, int vocab, int width) {
    for (int round = 0; round < 50; round++) {
      float[] numbers = new float[ROWS * vocab];
      for (int i = 0; i < numbers.length; i++) {
        // Few different ones, so that most rows have their largest more than once.
        numbers[i] = random.nextInt(6) - 9;
      }
      assertThat(offerAll(numbers, lanes, vocab, width))
          .as("round %d", round)
          .isEqualTo(TinyShape.likeliest(numbers, vocab));
    }
  }

  @Test
  void tokens_areTheLowestWhereAllAreEqual() {
    float[] numbers = new float[ROWS * 100];
    Arrays.fill(numbers, -3);
    assertThat(offerAll(numbers, 3, 100, 16)).containsOnly(0);
  }

  @Test
  void tokens_mayBeMasked() {
    float[] numbers = new float[ROWS * 100];
    Arrays.fill(numbers, Float.NEGATIVE_INFINITY);
    for (int row = 0; row < ROWS; row++) {
      numbers[row * 100 + 13 * row] = -1e30f;
    }
    assertThat(offerAll(numbers, 2, 100, 16)).containsExactly(0, 13, 26, 39, 52, 65, 78);
  }

  @Test
  void tokens_areNoneOfNoRows() {
    assertThat(new Argmax(2, 0).tokens()).isEmpty();
  }

  private int[] offerAll(float[] numbers, int lanes, int vocab, int width) {
    List<Piece> pieces = new ArrayList<>();
    for (int row = 0; row < ROWS; row++) {
      for (int from = 0; from < vocab; from += width) {
        pieces.add(new Piece(row, from, Math.min(width, vocab - from)));
      }
    }
    Collections.shuffle(pieces, random);
    Argmax likeliest = new Argmax(lanes, ROWS);
    for (Piece piece : pieces) {
      offer(likeliest, random.nextInt(lanes), piece, numbers, vocab);
    }
    return likeliest.tokens();
  }

  /** Around a piece are larger numbers, which do not count. */
  private void offer(Argmax likeliest, int lane, Piece piece, float[] numbers, int vocab) {
    int at = random.nextInt(20);
    float[] around = new float[at + piece.count + 20];
    Arrays.fill(around, 100);
    System.arraycopy(numbers, piece.row * vocab + piece.from, around, at, piece.count);
    likeliest.offer(lane, piece.row, around, at, piece.count, piece.from);
  }
}
