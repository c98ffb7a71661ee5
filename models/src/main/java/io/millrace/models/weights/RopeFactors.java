package io.millrace.models.weights;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/**
 * Llama 3.1's RoPE scaling as GGUF keeps it: not its four parameters but what each frequency is
 * divided by. Short waves are left alone (1), long ones are divided by the factor, and between them
 * the division fades: {@code 1 / f = (1 - s) / factor + s}, where {@code s = (original / wave -
 * low) / (high - low)}.
 */
final class RopeFactors {
  private static final double TOLERANCE = 1e-3;

  /** What Meta published with Llama 3.1, 3.2 and 3.3. */
  private static final Fade PUBLISHED = new Fade(1, 4);

  /** The two parameters that say where the division fades. */
  private record Fade(double low, double high) {}

  private final Path file;
  private final float[] factors;
  private final double theta;
  private final long originalLength;

  /**
   * @param factors one for each frequency, highest first
   * @param originalLength of the context before it was scaled; with another length other parameters
   *     mean the same frequencies, so a guess does no harm
   */
  RopeFactors(Path file, float[] factors, double theta, long originalLength) {
    this.file = file;
    this.factors = factors;
    this.theta = theta;
    this.originalLength = originalLength;
  }

  /**
   * {@code rope_scaling} that gives these factors, or null if they change nothing.
   *
   * @throws BadCheckpoint if there is none
   */
  @Nullable ObjectNode scaling() {
    double factor = factors.length == 0 ? 1 : factors[factors.length - 1];
    if (explained(1, PUBLISHED)) {
      return null;
    }
    Fade fade = explained(factor, PUBLISHED) ? PUBLISHED : solved(factor);
    if (!explained(factor, fade)) {
      throw new BadCheckpoint(
          file,
          "rope_freqs.weight does not hold the factors of Llama 3.1's RoPE scaling, and no other is"
              + " supported");
    }
    return JsonFiles.empty()
        .put("rope_type", "llama3")
        .put("factor", factor)
        .put("low_freq_factor", fade.low)
        .put("high_freq_factor", fade.high)
        .put("original_max_position_embeddings", originalLength);
  }

  private boolean explained(double factor, Fade fade) {
    for (int i = 0; i < factors.length; i++) {
      double expected = expected(turns(i), factor, fade);
      if (!(Math.abs(factors[i] - expected) <= TOLERANCE * expected)) {
        return false;
      }
    }
    return true;
  }

  private static double expected(double turns, double factor, Fade fade) {
    double smooth = (turns - fade.low) / (fade.high - fade.low);
    double clamped = Math.max(0, Math.min(1, smooth));
    return 1 / ((1 - clamped) / factor + clamped);
  }

  /** How often a frequency's wave fits into the original context. */
  private double turns(int i) {
    return originalLength * Math.pow(theta, -(double) i / factors.length) / (2 * Math.PI);
  }

  /**
   * The fade is a line over the turns: two points of it give the parameters. With fewer, any will
   * do that lie between the last frequency that is left alone and the first that is divided in
   * full.
   */
  private Fade solved(double factor) {
    int fading = 0;
    while (fading < factors.length && factors[fading] <= 1 + TOLERANCE) {
      fading++;
    }
    int full = fading;
    while (full < factors.length && factors[full] < factor * (1 - TOLERANCE)) {
      full++;
    }
    if (full == factors.length) {
      return PUBLISHED;
    }
    double highest = fading == 0 ? 2 * turns(0) : turns(fading - 1);
    double lowest = turns(full);
    if (full == fading) {
      return new Fade(lowest, highest);
    }
    double at = turns(fading);
    double smooth = smooth(fading, factor);
    double slope =
        full - fading == 1
            ? Math.max(smooth / (at - lowest), (1 - smooth) / (highest - at))
            : (smooth - smooth(full - 1, factor)) / (at - turns(full - 1));
    return new Fade(at - smooth / slope, at + (1 - smooth) / slope);
  }

  private double smooth(int i, double factor) {
    return (1 / (double) factors[i] - 1 / factor) / (1 - 1 / factor);
  }
}
