package io.millrace.engine.decoder.vector;

import static io.millrace.engine.simd.Lanes.FLOATS;
import static io.millrace.engine.simd.Lanes.INTS;
import static jdk.incubator.vector.VectorOperators.ADD;
import static jdk.incubator.vector.VectorOperators.LSHL;
import static jdk.incubator.vector.VectorOperators.MAX;
import static jdk.incubator.vector.VectorOperators.MIN;

import io.millrace.engine.simd.Lanes;
import io.millrace.engine.simd.Rounding;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;

/**
 * A row of inputs in int8, -127 to 127, with a factor for each 32 of them, as llama.cpp's Q8_0 has
 * them: each number in both halves of a word, and behind each group what its sum begins with.
 *
 * <p>They are multiplied by the levels of an {@link Int4Matrix}, which lie above each other in a
 * word, each with what is above it. So all but the first of a word are less by 16 times the one
 * before, whose product has what is too much.
 */
final class Int8Row {
  static final int GROUP = Int4Groups.GROUP;

  /** Words of a group. */
  static final int STRIDE = GROUP + 1;

  private static final int STEPS = 127;

  private static final int LOWER_HALF = 0xffff;

  /** All bits, but none where a word's first level is multiplied. */
  private static final IntVector NOT_FIRST =
      IntVector.zero(INTS).addIndex(1).and(Int4Matrix.PARTS - 1).lanewise(MIN, 1).neg();

  private final int offset;
  private final int[] numbers;

  /** Those of a group before they are put there, behind a place for the one before the first. */
  private final int[] rounded = new int[1 + GROUP];

  private final float[] factors;
  private final float[] totals;

  /**
   * @param in a multiple of 32
   * @param offset by which what the numbers are multiplied by is too large
   */
  Int8Row(int in, int offset) {
    this.offset = offset;
    this.numbers = new int[in / GROUP * STRIDE];
    this.factors = new float[in / GROUP];
    this.totals = new float[in / GROUP];
  }

  int[] numbers() {
    return numbers;
  }

  /** The factor of each group. */
  float[] factors() {
    return factors;
  }

  /** The sum of each group, its factor included. */
  float[] totals() {
    return totals;
  }

  /** Rounds a row. */
  void take(float[] x) {
    for (int group = 0; group < factors.length; group++) {
      takeGroup(group, x, group * GROUP);
    }
  }

  private void takeGroup(int group, float[] x, int from) {
    FloatVector most = FloatVector.zero(FLOATS);
    for (int i = from; i < from + GROUP; i += Lanes.COUNT) {
      most = FloatVector.fromArray(FLOATS, x, i).abs().max(most);
    }
    float largest = most.reduceLanes(MAX);
    float steps = largest == 0 ? 0 : STEPS / largest;
    int sum = round(x, from, steps);
    put(group * STRIDE);
    factors[group] = largest / STEPS;
    totals[group] = largest / STEPS * sum;
    numbers[group * STRIDE + GROUP] = both(-offset * sum);
  }

  /** Rounds a group's numbers, and returns their sum. */
  private int round(float[] x, int from, float steps) {
    IntVector sums = IntVector.zero(INTS);
    for (int i = 0; i < GROUP; i += Lanes.COUNT) {
      IntVector integers = Rounding.round(FloatVector.fromArray(FLOATS, x, from + i).mul(steps));
      integers.intoArray(rounded, 1 + i);
      sums = integers.add(sums);
    }
    return sums.reduceLanes(ADD);
  }

  /** Puts the rounded numbers of a group where they are multiplied, from {@code at} on. */
  private void put(int at) {
    for (int i = 0; i < GROUP; i += Lanes.COUNT) {
      IntVector above = IntVector.fromArray(INTS, rounded, i).and(NOT_FIRST);
      IntVector less =
          IntVector.fromArray(INTS, rounded, 1 + i).sub(above.lanewise(LSHL, Int4Matrix.BITS));
      less.and(LOWER_HALF).or(less.lanewise(LSHL, Short.SIZE)).intoArray(numbers, at + i);
    }
  }

  private static int both(int number) {
    return number & LOWER_HALF | number << Short.SIZE;
  }
}
