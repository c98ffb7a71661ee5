package io.millrace.engine.speculation;

/**
 * The settings of speculation by n-grams (prompt lookup decoding, Saxena 2023), with vLLM's names
 * and meaning.
 *
 * @param numSpeculativeTokens most tokens that are proposed at once
 * @param promptLookupMax longest run of last tokens that is looked for in what was before
 * @param promptLookupMin shortest one
 * @param disableByBatchSize nothing is proposed while more sequences than so many share a step
 */
public record NgramSpeculation(
    int numSpeculativeTokens, int promptLookupMax, int promptLookupMin, int disableByBatchSize)
    implements Speculation {
  /** Most tokens that may be proposed at once, or looked for. */
  public static final int MOST_TOKENS = 64;

  /** Length of the run if nothing is said about it: vLLM's. */
  public static final int DEFAULT_LOOKUP = 5;

  /** With more sequences than these a row costs nearly what it can gain. */
  public static final int DEFAULT_BATCH_SIZE = 8;

  public NgramSpeculation {
    requireBetween("num_speculative_tokens", 1, MOST_TOKENS, numSpeculativeTokens);
    requireBetween("prompt_lookup_max", 1, MOST_TOKENS, promptLookupMax);
    requireBetween("prompt_lookup_min", 1, promptLookupMax, promptLookupMin);
    requireBetween("disable_by_batch_size", 1, Integer.MAX_VALUE, disableByBatchSize);
  }

  @Override
  public Speculator speculator(int[] prompt) {
    return new NgramSpeculator(this, prompt);
  }

  private static void requireBetween(String name, int min, int max, int value) {
    if (value < min || value > max) {
      throw new IllegalArgumentException(
          "%s must be %s, but is %d".formatted(name, range(min, max), value));
    }
  }

  private static String range(int min, int max) {
    return max == Integer.MAX_VALUE ? "at least " + min : "between %d and %d".formatted(min, max);
  }
}
