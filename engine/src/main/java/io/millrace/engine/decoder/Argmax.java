package io.millrace.engine.decoder;

import io.millrace.engine.simd.Lanes;
import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;

/** The arg-max of each row of a matrix whose numbers come in pieces, from several threads. */
public final class Argmax {
  private final int lanes;
  private final int rows;
  private final float[] best;
  private final int[] places;

  public Argmax(int lanes, int rows) {
    this.lanes = lanes;
    this.rows = rows;
    this.best = new float[lanes * rows];
    this.places = new int[lanes * rows];
    Arrays.fill(best, Float.NEGATIVE_INFINITY);
  }

  /**
   * Takes a piece of a row.
   *
   * @param place index in the row of the piece's first number
   */
  public void offer(int lane, int row, float[] numbers, int at, int count, int place) {
    int of = lane * rows + row;
    float most = largest(numbers, at, count);
    if (most < best[of]) {
      return;
    }
    int found = at;
    while (found < at + count - 1 && numbers[found] != most) {
      found++;
    }
    int candidate = place + found - at;
    if (most > best[of] || candidate < places[of]) {
      best[of] = most;
      places[of] = candidate;
    }
  }

  /** The index of each row's largest number; of equally large ones the lowest. */
  public int[] tokens() {
    int[] tokens = new int[rows];
    for (int row = 0; row < rows; row++) {
      int of = row;
      for (int lane = 1; lane < lanes; lane++) {
        int other = lane * rows + row;
        boolean equal = best[other] == best[of];
        if (best[other] > best[of] || (equal && places[other] < places[of])) {
          of = other;
        }
      }
      tokens[row] = places[of];
    }
    return tokens;
  }

  private static float largest(float[] numbers, int at, int count) {
    int whole = count / Lanes.COUNT * Lanes.COUNT;
    FloatVector most = FloatVector.broadcast(Lanes.FLOATS, Float.NEGATIVE_INFINITY);
    for (int i = at; i < at + whole; i += Lanes.COUNT) {
      most = most.max(FloatVector.fromArray(Lanes.FLOATS, numbers, i));
    }
    float largest = most.reduceLanes(VectorOperators.MAX);
    for (int i = at + whole; i < at + count; i++) {
      largest = Math.max(largest, numbers[i]);
    }
    return largest;
  }
}
