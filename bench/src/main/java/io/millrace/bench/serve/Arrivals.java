package io.millrace.bench.serve;

import java.util.random.RandomGenerator;

/** The arrival process of requests: when each is sent. */
final class Arrivals {
  private Arrivals() {}

  /**
   * Seconds from the start to each request. Gaps follow a gamma distribution, and all are stretched
   * a little so that the last request comes at {@code count / rate} whatever was drawn.
   *
   * @param rate requests a second; infinity sends all at once
   * @param burstiness the distribution's shape: 1 is a Poisson process, less is burstier, infinity
   *     is a clock
   */
  static double[] times(int count, double rate, double burstiness, RandomGenerator random) {
    double[] times = new double[count];
    if (Double.isInfinite(rate)) {
      return times;
    }
    double time = 0;
    for (int i = 0; i < count; i++) {
      time +=
          Double.isInfinite(burstiness) ? 1 / rate : gamma(burstiness, random) / rate / burstiness;
      times[i] = time;
    }
    double stretch = time == 0 ? 1 : count / rate / time;
    for (int i = 0; i < count; i++) {
      times[i] *= stretch;
    }
    return times;
  }

  /** A draw from the gamma distribution of scale 1 (Marsaglia and Tsang, TOMS 26, 2000). */
  static double gamma(double shape, RandomGenerator random) {
    if (shape < 1) {
      return gamma(shape + 1, random) * Math.pow(1 - random.nextDouble(), 1 / shape);
    }
    double d = shape - 1.0 / 3;
    double c = 1 / Math.sqrt(9 * d);
    while (true) {
      double normal = random.nextGaussian();
      double v = Math.pow(1 + c * normal, 3);
      // 1 - u lies in (0, 1], so that its logarithm is finite.
      double u = 1 - random.nextDouble();
      if (v > 0 && Math.log(u) < normal * normal / 2 + d - d * v + d * Math.log(v)) {
        return d * v;
      }
    }
  }
}
