package io.millrace.engine.decoder.gemm;

import io.millrace.engine.simd.Bfloat16;
import io.millrace.engine.simd.Lanes;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;

/**
 * The pairing of a row's numbers in bfloat16, two in a word of 32 bits, as instructions for pairs
 * take them ("VNNI", {@code vdpbf16ps}). The two need not be neighbours, as long as both operands
 * of a product have the same order; so they are a vector apart, and two vectors become one of words
 * without moving anything between lanes. What is left at the end of a row are neighbours.
 */
final class Pairs {
  private static final int GROUP = 2 * Lanes.COUNT;

  private Pairs() {}

  /** Index of the word that holds a number, in a row of {@code length}. */
  static int word(int index, int length) {
    int group = index / GROUP * GROUP;
    return group + GROUP <= length ? group / 2 + index % Lanes.COUNT : index / 2;
  }

  /** 0 for the lower half of the word, 1 for the upper one. */
  static int half(int index, int length) {
    int group = index / GROUP * GROUP;
    return group + GROUP <= length ? (index - group) / Lanes.COUNT : index % 2;
  }

  /** The words of two vectors of a row, rounded. */
  static IntVector words(FloatVector first, FloatVector second) {
    return Bfloat16.low(first).or(Bfloat16.high(second));
  }

  /**
   * Rounds a row to words.
   *
   * @param length even
   */
  static void round(float[] from, int at, int[] into, int length) {
    int whole = length / GROUP * GROUP;
    for (int i = 0; i < whole; i += GROUP) {
      words(
              FloatVector.fromArray(Lanes.FLOATS, from, at + i),
              FloatVector.fromArray(Lanes.FLOATS, from, at + i + Lanes.COUNT))
          .intoArray(into, i / 2);
    }
    for (int i = whole; i < length; i += 2) {
      into[i / 2] = word(from[at + i], from[at + i + 1]);
    }
  }

  /**
   * Widens a row of words, the lower half of each to {@link PairKernel#low}, and the upper one to a
   * vector behind.
   *
   * @param length even
   */
  static void widen(int[] words, int at, int length, float[] into, int intoAt) {
    int whole = length / GROUP * GROUP;
    for (int i = 0; i < whole; i += GROUP) {
      IntVector pairs = IntVector.fromArray(Lanes.INTS, words, at + i / 2);
      Bfloat16.ofLow(pairs).intoArray(into, intoAt + i);
      Bfloat16.ofHigh(pairs).intoArray(into, intoAt + i + Lanes.COUNT);
    }
    for (int word = whole / 2; word < length / 2; word++) {
      int place = intoAt + PairKernel.low(word);
      into[place] = Bfloat16.of(words[at + word]);
      into[place + Lanes.COUNT] = Bfloat16.of(words[at + word] >>> Short.SIZE);
    }
  }

  /**
   * Rounds a row to words, its numbers multiplied by a scale and by factors of their own.
   *
   * @param length even
   */
  static void roundProducts(
      float[] from, int at, float scale, float[] factors, int[] into, int length) {
    int whole = length / GROUP * GROUP;
    for (int i = 0; i < whole; i += GROUP) {
      int next = i + Lanes.COUNT;
      FloatVector first = FloatVector.fromArray(Lanes.FLOATS, from, at + i).mul(scale);
      FloatVector second = FloatVector.fromArray(Lanes.FLOATS, from, at + next).mul(scale);
      words(
              first.mul(FloatVector.fromArray(Lanes.FLOATS, factors, i)),
              second.mul(FloatVector.fromArray(Lanes.FLOATS, factors, next)))
          .intoArray(into, i / 2);
    }
    for (int i = whole; i < length; i += 2) {
      into[i / 2] =
          word(from[at + i] * scale * factors[i], from[at + i + 1] * scale * factors[i + 1]);
    }
  }

  /** The word of two numbers, rounded. */
  static int word(float low, float high) {
    return Bfloat16.bits(low) | Bfloat16.bits(high) << Short.SIZE;
  }
}
