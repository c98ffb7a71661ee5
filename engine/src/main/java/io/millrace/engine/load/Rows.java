package io.millrace.engine.load;

import io.millrace.engine.decoder.RowReader;
import io.millrace.engine.decoder.vector.Int4Groups;
import io.millrace.models.weights.HalfFloats;

/** The arrangements of rows: as they are read, those of other matrices in another order. */
final class Rows {
  private static final float LEAST_NORM = 1e-12f;
  private static final int STEPS = 127;

  private Rows() {}

  /** A matrix, and below it another one. */
  static RowReader stacked(RowReader upper, int numUpper, RowReader lower) {
    return (first, count) -> {
      if (first + count <= numUpper) {
        return upper.read(first, count);
      }
      if (first >= numUpper) {
        return lower.read(first - numUpper, count);
      }
      return joined(upper.read(first, numUpper - first), lower.read(0, first + count - numUpper));
    };
  }

  /** Rows from a place on. */
  static RowReader from(int begin, RowReader all) {
    return (first, count) -> all.read(begin + first, count);
  }

  /** All numbers multiplied by one. */
  static RowReader scaled(RowReader rows, double factor) {
    float by = (float) factor;
    return by == 1
        ? rows
        : (first, count) -> {
          float[] values = rows.read(first, count);
          for (int i = 0; i < values.length; i++) {
            values[i] *= by;
          }
          return values;
        };
  }

  /**
   * Rows of heads, each head's halves interleaved: scores do not change if queries and keys are
   * rearranged alike.
   */
  static RowReader paired(RowReader rows, int headDim) {
    return (first, count) -> {
      int begin = first / headDim * headDim;
      int end = (first + count + headDim - 1) / headDim * headDim;
      float[] heads = rows.read(begin, end - begin);
      int width = heads.length / (end - begin);
      float[] paired = new float[count * width];
      for (int i = 0; i < count; i++) {
        int within = (first + i) % headDim;
        int source = first + i - within + within / 2 + within % 2 * (headDim / 2) - begin;
        System.arraycopy(heads, source * width, paired, i * width, width);
      }
      return paired;
    };
  }

  /** Each row divided by its length. */
  static RowReader normalized(RowReader rows) {
    return (first, count) -> {
      float[] values = rows.read(first, count);
      int width = values.length / count;
      for (int row = 0; row < values.length; row += width) {
        double squares = 0;
        for (int i = row; i < row + width; i++) {
          squares += values[i] * values[i];
        }
        float norm = Math.max((float) Math.sqrt(squares), LEAST_NORM);
        for (int i = row; i < row + width; i++) {
          values[i] /= norm;
        }
      }
      return values;
    };
  }

  /**
   * What rows stand for that are kept in 8 bits, with a factor for each that is rounded to
   * bfloat16.
   */
  static RowReader roundedToInt8(RowReader rows) {
    return (first, count) -> {
      float[] values = rows.read(first, count);
      int width = values.length / count;
      for (int row = 0; row < values.length; row += width) {
        roundToInt8(values, row, row + width);
      }
      return values;
    };
  }

  /** What rows stand for that are kept in 4 bits. */
  static RowReader roundedToInt4(RowReader rows) {
    return (first, count) -> {
      float[] values = rows.read(first, count);
      int width = values.length / count;
      for (int row = 0; row < values.length; row += width) {
        Int4Groups.round(values, row, width);
      }
      return values;
    };
  }

  private static void roundToInt8(float[] values, int begin, int end) {
    float largest = 0;
    for (int i = begin; i < end; i++) {
      largest = Math.max(largest, Math.abs(values[i]));
    }
    int bits = HalfFloats.floatToBfloat16(Math.max(largest / STEPS, Float.MIN_NORMAL));
    float scale = HalfFloats.bfloat16ToFloat(bits);
    for (int i = begin; i < end; i++) {
      double step = Math.rint(values[i] / scale);
      values[i] = (float) Math.max(-STEPS, Math.min(STEPS, step)) * scale;
    }
  }

  private static float[] joined(float[] upper, float[] lower) {
    float[] both = new float[upper.length + lower.length];
    System.arraycopy(upper, 0, both, 0, upper.length);
    System.arraycopy(lower, 0, both, upper.length, lower.length);
    return both;
  }
}
