package io.millrace.engine.speculation;

/** The settings of one way of speculation. */
public sealed interface SpeculationSettings permits DraftModelSpeculation, NgramSpeculation {

  /** Most tokens that may be proposed at once, or looked for. */
  int MOST_TOKENS = 64;

  /** With more sequences than these a row costs nearly what it can gain. */
  int DEFAULT_BATCH_SIZE = 8;

  /** Most tokens that are proposed at once. */
  int numSpeculativeTokens();

  /** Nothing is proposed while more sequences than so many share a step. */
  int disableByBatchSize();

  /** Refuses a value that is out of range. */
  static void requireBetween(String name, int min, int max, int value) {
    if (value < min || value > max) {
      throw new IllegalArgumentException(
          "%s must be %s, but is %d".formatted(name, range(min, max), value));
    }
  }

  private static String range(int min, int max) {
    return max == Integer.MAX_VALUE ? "at least " + min : "between %d and %d".formatted(min, max);
  }
}
