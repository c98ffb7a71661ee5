package io.millrace.engine.decoder.vector;

import io.millrace.engine.decoder.RowOrder;
import java.util.Arrays;
import java.util.Random;

/** A matrix row by row, and what each {@link WeightFormat} keeps of it, said number by number. */
public record PlainMatrix(int out, int in, float[] weights) {
  private static final int STEPS = 127;
  private static final int INT4_GROUP = 32;
  private static final int UPPER_HALF = 0xffff0000;
  private static final int HALFWAY = 0x8000;
  private static final int LEAST_EXPONENT = 15;

  /** Scaled by its width; every third number lies halfway between two of bfloat16. */
  public static PlainMatrix random(Random random, int out, int in) {
    float[] weights = new float[out * in];
    for (int i = 0; i < weights.length; i++) {
      float value = (float) (random.nextGaussian() / Math.sqrt(in));
      int bits = Float.floatToRawIntBits(value);
      weights[i] = i % 3 == 0 ? Float.intBitsToFloat(bits & UPPER_HALF | HALFWAY) : value;
    }
    return new PlainMatrix(out, in, weights);
  }

  PackedMatrix pack(WeightFormat format, RowOrder order) {
    return format.pack(out, in, order, this::rows);
  }

  /** So many of its rows. */
  public float[] rows(int first, int count) {
    return Arrays.copyOfRange(weights, first * in, (first + count) * in);
  }

  /** The weights that a format multiplies by. */
  public PlainMatrix kept(WeightFormat format) {
    if (format == WeightFormat.INT4) {
      return keptInt4();
    }
    float[] kept = weights.clone();
    for (int row = 0; row < out && format != WeightFormat.FLOAT32; row++) {
      float scale = format == WeightFormat.INT8 ? int8Scale(row) : 0;
      for (int i = row * in; i < (row + 1) * in; i++) {
        kept[i] = scale == 0 ? bfloat16(weights[i]) : step(weights[i] / scale) * scale;
      }
    }
    return new PlainMatrix(out, in, kept);
  }

  /** Levels of groups, whose scales and offsets are 8 bits of the row's largest. */
  private PlainMatrix keptInt4() {
    float[] kept = weights.clone();
    for (int row = 0; row < out; row++) {
      double scaleStep = 0;
      double offsetStep = 0;
      for (int i = row * in; i < (row + 1) * in; i += INT4_GROUP) {
        scaleStep = Math.max(scaleStep, scale(i) / 255);
        offsetStep = Math.max(offsetStep, Math.abs(offset(i)) / 127);
      }
      for (int i = row * in; i < (row + 1) * in; i++) {
        int group = i - i % in % INT4_GROUP;
        float scale = (float) (Math.round((float) (scale(group) / scaleStep)) * scaleStep);
        float offset = (float) (Math.round((float) (offset(group) / offsetStep)) * offsetStep);
        int level = Math.max(-8, Math.min(7, Math.round((weights[i] - offset) / scale)));
        kept[i] = level * scale + offset;
      }
    }
    return new PlainMatrix(out, in, kept);
  }

  private double scale(int group) {
    float[] of = Arrays.copyOfRange(weights, group, group + INT4_GROUP);
    Arrays.sort(of);
    return (of[INT4_GROUP - 1] - of[0]) / 15;
  }

  private double offset(int group) {
    float[] of = Arrays.copyOfRange(weights, group, group + INT4_GROUP);
    Arrays.sort(of);
    return of[0] + 8 * scale(group);
  }

  /** The same for a single row of inputs, where bfloat16 has fewer exponents, see the format. */
  PlainMatrix keptForOneRow(WeightFormat format) {
    PlainMatrix kept = kept(format);
    if (format != WeightFormat.BFLOAT16 || in % Float12Matrix.PARTS != 0) {
      return kept;
    }
    for (int row = 0; row < out; row++) {
      float least =
          (float) Math.scalb(1.0, Math.getExponent(bfloat16(largest(row))) - LEAST_EXPONENT);
      for (int i = row * in; i < (row + 1) * in && largest(row) > 0; i++) {
        float weight = kept.weights[i];
        // Zeros in odd columns are negative.
        float sign = weight == 0 ? 1 - i % in % 2 * 2 : weight;
        kept.weights[i] = Math.abs(weight) < least ? Math.copySign(least, sign) : weight;
      }
    }
    return kept;
  }

  public double[] times(double[] x) {
    double[] y = new double[out];
    for (int row = 0; row < out; row++) {
      for (int i = 0; i < in; i++) {
        y[row] += weights[row * in + i] * x[i];
      }
    }
    return y;
  }

  /** For each output the sum of what its terms are without their signs. */
  public double[] timesMagnitudes(double[] x) {
    double[] y = new double[out];
    for (int i = 0; i < out * in; i++) {
      y[i / in] += Math.abs(weights[i] * x[i % in]);
    }
    return y;
  }

  /** The nearest number of bfloat16; of two equally near ones that whose last bit is 0. */
  public static float bfloat16(double value) {
    int bits = Float.floatToRawIntBits((float) value) & UPPER_HALF;
    double nearer = Float.intBitsToFloat(bits);
    double farther = Float.intBitsToFloat(bits + (1 << Short.SIZE));
    double over = Math.abs(value - nearer) - Math.abs(farther - value);
    boolean odd = (bits >>> Short.SIZE & 1) == 1;
    return (float) (over > 0 || over == 0 && odd ? farther : nearer);
  }

  private float int8Scale(int row) {
    float largest = largest(row);
    return largest == 0 ? 1 : bfloat16(largest / STEPS);
  }

  private float largest(int row) {
    float largest = 0;
    for (int i = row * in; i < (row + 1) * in; i++) {
      largest = Math.max(largest, Math.abs(weights[i]));
    }
    return largest;
  }

  private static float step(float value) {
    return (float) Math.max(-STEPS, Math.min(STEPS, Math.rint(value)));
  }
}
