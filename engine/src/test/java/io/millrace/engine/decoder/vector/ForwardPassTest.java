package io.millrace.engine.decoder.vector;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.millrace.engine.decoder.DecoderShape;
import io.millrace.engine.simd.Lanes;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A forward pass with vectors, of all kinds of decoders, against plain sums in double precision.
 */
abstract class ForwardPassTest {
  static final int VOCAB = 75;

  /** No whole number of vectors, and more columns than are widened at once. */
  static final int HIDDEN = 72;

  private static final int INTERMEDIATE = 132;

  @BeforeAll
  static void require() {
    assumeTrue(WeightFormat.areAvailable());
  }

  @ParameterizedTest
  @EnumSource(
      value = WeightFormat.class,
      mode = Mode.EXCLUDE,
      names = {"FLOAT12", "INT4"})
  void logits_areThoseOfADecoderThatTurnsHeads(WeightFormat format) {
    DecoderShape shape = shape(4, 2, 8, 0, true);
    check(new PlainDecoder(shape, VOCAB, format, false, false, false, 1), shape, 2, 2e-5);
  }

  @ParameterizedTest
  @EnumSource(
      value = WeightFormat.class,
      mode = Mode.EXCLUDE,
      names = {"FLOAT12", "INT4"})
  void logits_areThoseOfADecoderWithBiases(WeightFormat format) {
    DecoderShape shape = shape(4, 4, 10, 0, true);
    check(new PlainDecoder(shape, VOCAB, format, false, true, false, 2), shape, 1, 2e-5);
  }

  @ParameterizedTest
  @EnumSource(
      value = WeightFormat.class,
      mode = Mode.EXCLUDE,
      names = {"FLOAT12", "INT4"})
  void logits_areThoseOfADecoderWithHeadNormsAndAWindow(WeightFormat format) {
    DecoderShape shape = shape(6, 2, 12, 20, true);
    check(new PlainDecoder(shape, VOCAB, format, false, false, true, 3), shape, 3, 2e-5);
  }

  @ParameterizedTest
  @EnumSource(
      value = WeightFormat.class,
      mode = Mode.EXCLUDE,
      names = {"FLOAT12", "INT4"})
  void logits_areThoseOfADecoderWithSlopes(WeightFormat format) {
    DecoderShape shape = shape(4, 4, 8, 0, false);
    check(new PlainDecoder(shape, VOCAB, format, false, false, false, 4), shape, 2, 2e-5);
  }

  /** A value next to the middle of two of bfloat16 may become one or the other. */
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void logits_areThoseOfADecoderWithValuesInBfloat16(boolean biases) {
    DecoderShape shape = shape(2, 1, 2 * Lanes.COUNT, 0, true);
    check(
        new PlainDecoder(shape, VOCAB, WeightFormat.BFLOAT16, true, biases, false, 5),
        shape,
        2,
        1e-2);
  }

  /**
   * Checks that the pass gives a plain decoder's logits, in steps of many kinds.
   *
   * @param limit of a logit's difference
   */
  abstract void check(PlainDecoder plain, DecoderShape shape, int threads, double limit);

  static DecoderShape shape(int heads, int kvHeads, int headDim, int window, boolean turning) {
    return TinyShape.of(HIDDEN, INTERMEDIATE, heads, kvHeads, headDim, window, turning);
  }
}
