package io.millrace.bench.serve;

import java.util.random.RandomGenerator;

/**
 * A log-normal distribution of lengths, between two bounds.
 *
 * @param mu mean of the logarithm
 * @param sigma standard deviation of the logarithm
 * @param min the shortest
 * @param max the longest
 */
record LogNormal(double mu, double sigma, int min, int max) {

  /** A draw; those out of bounds are drawn again, not moved to the bound. */
  int draw(RandomGenerator random) {
    while (true) {
      long length = Math.round(Math.exp(mu + sigma * random.nextGaussian()));
      if (length >= min && length <= max) {
        return (int) length;
      }
    }
  }
}
